import { expect, it } from 'vitest'
import { isLiving, Roster, type Standing } from '../src/member-list.ts'
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

it('leaves the members of a prior alone, their suspicions included', () => {
  const prior = new Roster('before')
  const known = prior.add('a', 1, { type: 'alive' })
  prior.stand(known, {
    type: 'suspect',
    suspicion: new Suspicion({ minMs: 1_000, maxMs: 6_000, k: 1, hardFloorMs: 500 }, 0),
  })
  const copied = new Roster('me', prior).get('a')
  if (copied?.standing.type !== 'suspect' || known.standing.type !== 'suspect')
    throw new Error('both are suspect')
  const quorum = { wanted: 2, counts: () => true }
  for (const observer of ['b', 'c']) copied.standing.suspicion.observe(observer, false, quorum, 0)
  expect(copied.standing.suspicion.deadlineMs).toBe(1_000)
  expect(known.standing.suspicion.deadlineMs).toBe(6_000)
  expect(known.standing.suspicion.observers).toEqual([])
})
