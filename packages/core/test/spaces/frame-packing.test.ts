import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { framesOf, rumorsOf } from '../../src/spaces/frame-packing.ts'
import * as limits from '../../src/wire/limits.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
  type SpaceStep,
} from '../../src/wire/space-codec.ts'
import { entryFact } from '../helpers/space-facts.ts'

const space = (i: number): string => `${i}`.padStart(24, '0')
const hash = new Uint8Array(16)

/** The content of all steps, regardless of the frames. */
const contentOf = (steps: readonly SpaceStep[]) => ({
  facts: steps.flatMap(step => step.facts ?? []).length,
  documents: steps.flatMap(step => (step.documents ?? []).map(({ document }) => `${step.space} ${document}`)),
})

function expectAllTaken(steps: readonly SpaceStep[]): SpaceStep[][] {
  const frames = framesOf(steps)
  for (const frame of frames) {
    const bytes = encodeSpaceFrame(frame)
    expect(bytes.length).toBeLessThanOrEqual(limits.maxFrameBytes)
    expect(decodeSpaceFrame(bytes).ok).toBe(true)
  }
  expect(contentOf(frames.flat())).toEqual(contentOf(steps))
  return frames
}

describe('frame packing', () => {
  it('puts small steps into one frame', () => {
    const steps = Array.from({ length: 200 }, (_, i) => ({
      space: space(i),
      hash,
      documents: [{ document: '', hash }],
    }))
    expect(expectAllTaken(steps)).toEqual([steps])
    expect(framesOf([])).toEqual([])
  })

  it('divides long steps into several frames, one document a step', () => {
    const facts = [entryFact(idOf('ada'), { value: 'x'.repeat(16_000) })]
    const document = (name: number) => ({
      document: `${name}`,
      stateVector: new Uint8Array(limits.maxStateVectorBytes),
      update: new Uint8Array(262_144),
    })
    const steps = Array.from({ length: 20 }, (_, i) => ({
      space: space(i),
      facts,
      documents: [1, 2, 3].map(document),
    }))
    expect(expectAllTaken(steps).length).toBeGreaterThan(40)
  })

  it('puts at most the maximum number of documents into a step', () => {
    const documents = Array.from({ length: limits.maxDocuments + 1 }, (_, i) => ({ document: `${i}` }))
    const steps = framesOf([{ space: '0'.repeat(24), documents }]).flat()
    expect(steps.flatMap(step => step.documents ?? [])).toEqual(documents)
    for (const step of steps) expect(step.documents?.length ?? 0).toBeLessThanOrEqual(limits.maxDocuments)
  })

  it('puts at most the maximum number of spaces into a frame', () => {
    const steps = Array.from({ length: limits.maxSpaces + 1 }, (_, i) => ({ space: space(i), hash }))
    expect(expectAllTaken(steps)).toHaveLength(2)
  })
})

describe('rumor packing', () => {
  it('divides facts into rumors that a receiver accepts, in the same order', () => {
    const facts = Array.from({ length: 12 }, () => entryFact(idOf('ada'), { value: 'x'.repeat(16_000) }))
    const rumors = rumorsOf(facts)
    expect(rumors.map(({ length }) => length)).toEqual([4, 4, 4])
    expect(rumors.flat()).toEqual(facts)
    for (const rumor of rumors) {
      const bytes = encodeSpaceRumors(rumor)
      expect(bytes.length).toBeLessThanOrEqual(limits.maxRumorBytes)
      expect(decodeSpaceRumors(bytes)).toEqual({ ok: true, value: rumor })
    }
  })

  it('puts a few short facts into one rumor', () => {
    const facts = [entryFact(idOf('ada'), { value: 1 }), entryFact(idOf('ada'), { value: 2 })]
    expect(rumorsOf(facts)).toEqual([facts])
    expect(rumorsOf([])).toEqual([])
  })
})
