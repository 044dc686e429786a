import { describe, expect, it } from 'vitest'
import { Neighbourhood } from '../../src/overlay/neighbourhood.ts'

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `member ${i}`)

const neighboursOf = (self: string, all: readonly string[]): string[] => {
  const neighbourhood = new Neighbourhood(self)
  for (const id of all) neighbourhood.add(id)
  return neighbourhood.neighbours(() => false)
}

describe.each([2, 9, 10, 16, 100])('the neighbourhoods of %i members', count => {
  const all = ids(count)
  const neighbours = new Map(all.map(id => [id, neighboursOf(id, all)]))

  it('have at most eight members each, and both ends of an edge agree', () => {
    for (const [id, others] of neighbours) {
      expect(others.length).toBeLessThanOrEqual(8)
      for (const other of others) expect(neighbours.get(other)).toContain(id)
    }
  })

  it('connect every member with all others', () => {
    const reached = new Set(all.slice(0, 1))
    for (const id of reached) for (const other of neighbours.get(id) ?? []) reached.add(other)
    expect(reached.size).toBe(count)
  })
})
