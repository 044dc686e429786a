import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { Query, QueryOptions } from '../../src/api/query.ts'
import { answerHeldBy, askHeldBy, type HeldByHost, heldByOf } from '../../src/handles/held-by.ts'
import { contentHashes, contentId, documentHashes } from '../../src/spaces/content-hashes.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { FactSet } from '../../src/spaces/fact-set.ts'
import type { SpaceReplica } from '../../src/spaces/space-replica.ts'
import type { Json } from '../../src/wire/json.ts'

type Content = Pick<SpaceReplica, 'facts' | 'documents'>

/** A document of one text, written by client 1. */
function documentWith(name: string, text: string, isCarried = false): DocumentSync {
  const doc = new Y.Doc()
  doc.clientID = 1
  if (text !== '') doc.getText('t').insert(0, text)
  return new DocumentSync({ name, doc, origin: undefined, isCarried })
}

const contentWith = (...documents: readonly DocumentSync[]): Content => ({
  facts: new FactSet(),
  documents: new Map(documents.map(document => [document.name, document])),
})

const spaces = ['a1', 'b2', ...Array.from({ length: 20 }, (_, i) => `s${i}`)]

/** A member that holds the same content of all spaces. */
const heldOf = (content: Content | undefined) => (id: string) => {
  const space = spaces.find(each => contentId(each) === id)
  return space !== undefined && content ? { space, content } : undefined
}

/** Members that answer as they would over a network. */
function hostOf(own: Content, others: Readonly<Record<string, Content | undefined | 'silent'>>) {
  const asked: { payload: Json; options: QueryOptions }[] = []
  const host: HeldByHost = {
    driver: { contentOf: () => own as SpaceReplica, othersIn: () => Object.keys(others) },
    query: ((_name: string, payload: Json, options: QueryOptions) => {
      asked.push({ payload, options })
      const answers = Object.entries(others).flatMap(([from, content]) =>
        content === 'silent' ? [] : { from, value: answerHeldBy(payload, heldOf(content)) },
      )
      return Promise.resolve({ answers, failures: [], missing: [] })
    }) as unknown as (...values: unknown[]) => Query,
  }
  return { host, asked }
}

const room = { type: 'room', name: 'atlas', space: 'a1', content: 'documents' } as const

describe('heldBy', () => {
  it('names the members that hold the same documents, others, and those that are silent', async () => {
    const own = contentWith(documentWith('', 'hello'), documentWith('notes', 'x'))
    const { host } = hostOf(own, {
      dan: 'silent',
      cid: contentWith(documentWith('', 'hello')),
      bob: contentWith(documentWith('', 'hello'), documentWith('notes', 'y')),
      ada: contentWith(documentWith('', 'hello'), documentWith('notes', 'x'), documentWith('more', 'z')),
      eve: undefined,
    })
    expect(await askHeldBy([room], host, undefined)).toEqual([
      { type: 'room', name: 'atlas', holding: ['ada'], differing: ['bob', 'cid', 'eve'], missing: ['dan'] },
    ])
  })

  it('counts carried documents of others, and does not ask about its own', async () => {
    const own = contentWith(documentWith('', 'hello'), documentWith('carried', 'x', true))
    const { host } = hostOf(own, { ada: contentWith(documentWith('', 'hello', true)) })
    expect(await askHeldBy([room], host, undefined)).toMatchObject([{ holding: ['ada'] }])
  })

  it('asks each member once for all spaces, and nobody if there are no others', async () => {
    const own = contentWith(documentWith('', 'hello'))
    const config = { type: 'config', name: 'flags', space: 'b2', content: 'facts' } as const
    const { host, asked } = hostOf(own, { ada: own })
    expect(await askHeldBy([config, room], host, { timeoutMs: 50 })).toMatchObject([
      { name: 'flags', holding: ['ada'] },
      { name: 'atlas', holding: ['ada'] },
    ])
    expect(asked).toMatchObject([{ options: { to: ['ada'], timeoutMs: 50 } }])
    const alone = hostOf(own, {})
    expect(await askHeldBy([room], alone.host, undefined)).toMatchObject([{ holding: [], missing: [] }])
    expect(alone.asked).toEqual([])
    expect(await askHeldBy([], undefined, undefined)).toEqual([])
  })

  it('asks all members if there are too many to name, and counts those in the space', async () => {
    const own = contentWith(documentWith('', 'hello'))
    const others = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`m${i}`, own]))
    const { host, asked } = hostOf(own, others)
    const [held] = await askHeldBy([room], host, undefined)
    expect(held?.holding).toHaveLength(300)
    expect(asked.map(({ options }) => options.to)).toEqual([undefined])
  })

  it('splits what is too long for one query', async () => {
    const documents = Array.from({ length: 64 }, (_, i) => documentWith(`${i}`, `${i}`))
    const own = contentWith(...documents)
    const rooms = Array.from({ length: 20 }, (_, i) => ({ ...room, name: `r${i}`, space: `s${i}` }))
    const { host, asked } = hostOf(own, { ada: own })
    const held = await askHeldBy(rooms, host, undefined)
    expect(held.map(({ name, holding }) => [name, holding])).toEqual(rooms.map(({ name }) => [name, ['ada']]))
    expect(asked.length).toBeGreaterThan(1)
    for (const { payload } of asked) expect(JSON.stringify(payload).length).toBeLessThanOrEqual(16_384)
  })

  it('refuses wrong options', async () => {
    for (const options of [{ timeoutMs: 0 }, { timeoutMs: 60_001 }, { timeout: 5 }])
      await expect(askHeldBy([], undefined, options as never)).rejects.toThrow(/timeoutMs/)
  })

  it('takes any answer', () => {
    const answers = [null, 5, {}, [], [1], ['true'], [true]].map((value, i) => ({ from: `m${i}`, value }))
    const others = answers.map(({ from }) => from)
    expect(heldByOf({ answers, failures: [], missing: [] }, others, 0).holding).toEqual(['m6'])
  })
})

describe('the answer of a member', () => {
  it('is no for everything that is not a known space with known hashes', () => {
    const content = contentWith(documentWith('', 'hello'))
    const hashes = [...contentHashes('a1', content)]
    const [a1, b2] = [contentId('a1'), contentId('b2')]
    const answer = (payload: Json) =>
      answerHeldBy(payload, id => (id === a1 ? { space: 'a1', content } : undefined))
    expect(answer([[a1, ...hashes], [a1], [a1, 'other'], [b2, ...hashes]])).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(answer([[], null, 5, [a1, 5], [[a1]], ['a1', ...hashes], { a: 1 }])).toEqual(Array(7).fill(false))
    for (const payload of [null, 5, 'a1', {}]) expect(answer(payload)).toEqual([])
    expect(answer(Array.from({ length: 1_000 }, () => [a1]))).toHaveLength(256)
  })

  it('computes the hashes of a space once', () => {
    let calls = 0
    const answer = answerHeldBy([['a1'], ['a1'], ['b2'], ['b2']], () => {
      calls += 1
      return undefined
    })
    expect([answer, calls]).toEqual([[false, false, false, false], 2])
  })
})

describe('content hashes', () => {
  it('depend on the space, the name and the content of a document', () => {
    const hash = (space: string, document: DocumentSync) =>
      documentHashes(space, contentWith(document), { carried: true })[0]
    const hashes = [
      hash('a1', documentWith('', 'hello')),
      hash('b2', documentWith('', 'hello')),
      hash('a1', documentWith('notes', 'hello')),
      hash('a1', documentWith('', 'hallo')),
      hash('a1', documentWith('', '')),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(hash('a1', documentWith('', 'hello'))).toBe(hashes[0])
  })
})
