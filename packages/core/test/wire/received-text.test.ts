import { describe, expect, it } from 'vitest'
import { idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { decodeRumors, encodeRumors } from '../../src/wire/codec.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
} from '../../src/wire/space-codec.ts'
import type { SpaceFact } from '../../src/wire/space-fact.ts'
import { spaceTagBytes } from '../../src/wire/tags.ts'
import { entryFact, fieldFact } from '../helpers/space-facts.ts'

/** The codec encodes texts of 40 or more code units by another code path. */
const texts = [0, 39, 40, 200].map(length => `${'x'.repeat(length)}\ud83d`)
const asRead = (text: string) => text.replace('\ud83d', '\ufffd')
const author = idOf('ada')

describe('every member reads a received half of a surrogate pair as U+FFFD', () => {
  it.each(texts.slice(0, 3))('in the name and the tags of a member: %j', text => {
    const fact = signedFact(author, recordBody({ incarnation: 5, name: text, tags: { [text]: text } }))
    const read = decodeRumors(encodeRumors([fact]))
    expect(read).toMatchObject({
      value: [{ record: { name: asRead(text), tags: { [asRead(text)]: asRead(text) } } }],
    })
  })

  it.each(texts.slice(0, 3))('in the name and the value of a field: %j', text => {
    const value = { [text]: [text] }
    const read = decodeSpaceRumors(encodeSpaceRumors([fieldFact(author, { name: text, value })]))
    expect(read).toMatchObject({
      value: [{ name: asRead(text), value: { [asRead(text)]: [asRead(text)] } }],
    })
  })

  it.each(texts)('in the key and the value of a config entry: %j', text => {
    const read = decodeSpaceRumors(encodeSpaceRumors([entryFact(author, { key: text, value: text })]))
    expect(read).toMatchObject({ value: [{ key: asRead(text), value: asRead(text) }] })
  })

  it.each(texts.slice(0, 3))('in the name of a document: %j', text => {
    const frame = encodeSpaceFrame([{ space: '00'.repeat(spaceTagBytes), documents: [{ document: text }] }])
    const read = decodeSpaceFrame(frame)
    expect(read).toMatchObject({ value: [{ documents: [{ document: asRead(text) }] }] })
  })

  it('and the signature still verifies, because the payload bytes stay unchanged', () => {
    const fact = entryFact(author, { key: texts[0] ?? '' })
    const read = decodeSpaceRumors(encodeSpaceRumors([fact]))
    const [received] = read.ok ? (read.value as readonly SpaceFact[]) : []
    expect(received?.payload).toEqual(fact.payload)
    expect(received?.signature).toEqual(signatureOf(author, fact.payload))
  })
})
