import { expect, it } from 'vitest'
import { isLiving, Roster, type Standing } from '../src/roster.ts'
import { Suspicion } from '../src/suspicion.ts'

const suspicion = new Suspicion({ minMs: 1, maxMs: 2, k: 1, hardFloorMs: 1 }, 0)
const suspect: Standing = { type: 'suspect', suspicion }
const dead: Standing = { type: 'dead', sinceMs: 0 }

it('counts as members change and go: the alive and the suspect make the cluster, with oneself', () => {
  const roster = new Roster('me')
  const [a, b, c] = ['a', 'b', 'c'].map(id => roster.add(id, 1, { type: 'alive' }))
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were added')
  expect([roster.aliveCount, roster.clusterSize]).toEqual([3, 4])
  roster.stand(a, suspect)
  expect([roster.aliveCount, roster.clusterSize]).toEqual([2, 4])
  roster.stand(a, dead)
  roster.stand(b, { type: 'left' })
  expect([roster.aliveCount, roster.clusterSize]).toEqual([1, 2])
  expect([a, b, c].map(isLiving)).toEqual([false, false, true])
  roster.stand(a, { type: 'alive' })
  roster.delete(c)
  roster.delete(c)
  expect([roster.aliveCount, roster.clusterSize]).toEqual([1, 2])
  expect(roster.get('c')).toBeUndefined()
})
