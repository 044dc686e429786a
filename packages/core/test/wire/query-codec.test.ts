import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { encodeEnvelope } from '../../src/wire/fact-envelope.ts'
import * as limits from '../../src/wire/limits.ts'
import { decodeQueryFrame, decodeQueryRumor, encodeQueryFrame } from '../../src/wire/query-codec.ts'
import { draftQueryFact, type QueryFactBody, queryId, signedQueryBytes } from '../../src/wire/query-fact.ts'
import * as messages from '../../src/wire/query-messages.ts'
import '../helpers/short-properties.ts'
import { queryFacts } from './query-arbitraries.ts'

const signature = new Uint8Array(64).fill(0x5c)
const author = idOf('ada')
const query = { type: 'query', generation: 3, number: 5, name: 'up', value: [1], timeoutMs: 5_000 } as const
const answer = { type: 'answer', query: 'ab'.repeat(16) } as const
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const payloadOf = (body: QueryFactBody) => hexOf(draftQueryFact(author, body).payload)

/** A frame with one fact of this payload. */
function frameOf(type: 'query' | 'answer' | 'broadcast', payload: Uint8Array): Uint8Array {
  const facts = [encodeEnvelope({ type, author, payload, signature })]
  return messages.QueryFrame.encode({ facts })
}

describe('the codec of queries', () => {
  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(queryFacts, facts => {
        expect(decodeQueryFrame(encodeQueryFrame(facts))).toEqual({ ok: true, value: facts })
      }),
    )
  })

  it('writes these bytes', () => {
    expect(payloadOf({ ...query, to: undefined })).toBe('080310051a02757022035b315d288827')
    expect(payloadOf({ ...query, to: [author] })).toMatch(/^080310051a02757022035b315d28882732 ?20/)
    expect(payloadOf({ ...answer, outcome: { value: null } })).toBe(`0a10${'ab'.repeat(16)}12046e756c6c`)
    expect(payloadOf({ ...answer, outcome: { failure: 'busy' } })).toBe(`0a10${'ab'.repeat(16)}1802`)
    expect(payloadOf({ type: 'broadcast', generation: 3, number: 5, name: 'up', value: true })).toBe(
      '080310051a027570220474727565',
    )
    const draft = draftQueryFact(author, { ...answer, outcome: { value: null } })
    expect(hexOf(signedQueryBytes(testTag, draft)).slice(0, 20)).toBe(
      `${Buffer.from('hearsay/1').toString('hex')}07`,
    )
    expect(encodeQueryFrame([{ ...draft, signature }])[0]).toBe(0x12)
    expect(queryId({ signature })).toMatch(/^[0-9a-f]{32}$/)
  })

  it('refuses what exceeds a limit or is impossible', () => {
    const base = { generation: 1, number: 1, name: 'x', json: '1', timeoutMs: 1, to: [] }
    const tooLong = JSON.stringify('x'.repeat(limits.maxQueryBytes))
    const queries = [
      { ...base, name: 'x'.repeat(limits.maxQueryNameBytes + 1) },
      { ...base, json: tooLong },
      { ...base, json: '{' },
      { ...base, json: '1e999' },
      { ...base, to: [new Uint8Array(31)] },
      { ...base, to: Array.from({ length: limits.maxQueryRecipients + 1 }, () => new Uint8Array(32)) },
    ]
    for (const each of queries)
      expect(decodeQueryFrame(frameOf('query', messages.Query.encode(each)))).toMatchObject({ ok: false })
    const id = new Uint8Array(16)
    const answers = [
      { query: new Uint8Array(15), json: '1' },
      { query: id },
      { query: id, json: '1', failure: 1 },
      { query: id, json: tooLong },
    ]
    for (const each of answers)
      expect(decodeQueryFrame(frameOf('answer', messages.Answer.encode(each)))).toMatchObject({ ok: false })
  })

  it('shortens a timeout, and reads a failure of a later version as an error', () => {
    const long = { generation: 1, number: 1, name: 'x', json: '1', timeoutMs: 2 ** 31, to: [] }
    expect(decodeQueryFrame(frameOf('query', messages.Query.encode(long)))).toMatchObject({
      value: [{ timeoutMs: limits.maxQueryTimeoutMs, to: undefined }],
    })
    const later = messages.Answer.encode({ query: new Uint8Array(16), failure: 9 })
    expect(decodeQueryFrame(frameOf('answer', later))).toMatchObject({
      value: [{ outcome: { failure: 'error' } }],
    })
  })

  it('leaves out facts of a later version', () => {
    const later = messages.QueryFact.encode({ author: new Uint8Array(32), signature })
    const facts = [messages.QueryFact.decode(later)]
    expect(decodeQueryFrame(messages.QueryFrame.encode({ facts }))).toEqual({ ok: true, value: [] })
    expect(decodeQueryRumor(messages.QueryFrame.encode({ facts }))).toEqual({ ok: true, value: undefined })
  })

  it('never throws for 20,000 mutated inputs', () => {
    const seed = 20_261_129
    const random = mulberry32(seed)
    const originals = fc
      .sample(queryFacts, { seed, numRuns: 40 })
      .map(encodeQueryFrame)
      .filter(({ length }) => length > 0)
    let accepted = 0
    for (let run = 0; run < 20_000; run++) {
      const bytes = originals[Math.floor(random() * originals.length)]?.slice() ?? new Uint8Array()
      for (let flips = Math.floor(random() * 4); flips >= 0; flips--)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes
      for (const result of [decodeQueryFrame(cut), decodeQueryRumor(cut)]) if (result.ok) accepted += 1
    }
    expect(accepted).toBeGreaterThan(1_000)
  })
})
