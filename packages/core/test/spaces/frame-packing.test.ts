import { describe, expect, it } from 'vitest'
import { framesOf } from '../../src/spaces/frame-packing.ts'
import { limits } from '../../src/wire/limits.ts'
import { decodeSpaceFrame, encodeSpaceFrame, type SpaceStep } from '../../src/wire/space-codec.ts'
import { idOf } from '../helpers/signed-fact.ts'
import { entryFact } from '../helpers/space-facts.ts'

const space = (i: number): string => `${i}`.padStart(24, '0')
const hash = new Uint8Array(16)

/** All that was said, whatever the frames. */
const said = (steps: readonly SpaceStep[]) => ({
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
  expect(said(frames.flat())).toEqual(said(steps))
  return frames
}

describe('steps about spaces', () => {
  it('are one frame while they are small', () => {
    const steps = Array.from({ length: 200 }, (_, i) => ({
      space: space(i),
      hash,
      documents: [{ document: '', hash }],
    }))
    expect(expectAllTaken(steps)).toEqual([steps])
    expect(framesOf([])).toEqual([])
  })

  it('are as many frames as it takes, documents each for itself', () => {
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

  it('name no more documents in a step than one takes', () => {
    const documents = Array.from({ length: limits.maxDocuments + 1 }, (_, i) => ({ document: `${i}` }))
    const steps = framesOf([{ space: '0'.repeat(24), documents }]).flat()
    expect(steps.flatMap(step => step.documents ?? [])).toEqual(documents)
    for (const step of steps) expect(step.documents?.length ?? 0).toBeLessThanOrEqual(limits.maxDocuments)
  })

  it('name no more spaces in a frame than one takes', () => {
    const steps = Array.from({ length: limits.maxSpaces + 1 }, (_, i) => ({ space: space(i), hash }))
    expect(expectAllTaken(steps)).toHaveLength(2)
  })
})
