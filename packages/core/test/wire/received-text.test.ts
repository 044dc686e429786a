import { describe, expect, it } from 'vitest'
import { decodeRumors, encodeRumors } from '../../src/wire/codec.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
} from '../../src/wire/space-codec.ts'
import type { SpaceFact } from '../../src/wire/space-fact.ts'
import { spaceTagBytes } from '../../src/wire/space-tag.ts'
import { idOf, recordBody, signatureOf, signedFact } from '../helpers/signed-fact.ts'
import { entryFact, fieldFact } from '../helpers/space-facts.ts'

/** From 40 code units on, the codec writes texts by another way. */
const texts = [0, 39, 40, 200].map(length => `${'x'.repeat(length)}\ud83d`)
const asRead = (text: string) => text.replace('\ud83d', '\ufffd')
const author = idOf('ada')

describe('half of a surrogate pair that arrives is U+FFFD for every member', () => {
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

  it.each(texts)('in the key and the value of a config: %j', text => {
    const read = decodeSpaceRumors(encodeSpaceRumors([entryFact(author, { key: text, value: text })]))
    expect(read).toMatchObject({ value: [{ key: asRead(text), value: asRead(text) }] })
  })

  it.each(texts.slice(0, 3))('in the name of a document: %j', text => {
    const frame = encodeSpaceFrame([{ space: '00'.repeat(spaceTagBytes), documents: [{ document: text }] }])
    const read = decodeSpaceFrame(frame)
    expect(read).toMatchObject({ value: [{ documents: [{ document: asRead(text) }] }] })
  })

  it('and its signature still verifies: the bytes are passed on as they came', () => {
    const fact = entryFact(author, { key: texts[0] ?? '' })
    const read = decodeSpaceRumors(encodeSpaceRumors([fact]))
    const [received] = read.ok ? (read.value as readonly SpaceFact[]) : []
    expect(received?.payload).toEqual(fact.payload)
    expect(received?.signature).toEqual(signatureOf(author, fact.payload))
  })
})
