import { expect, it } from 'vitest'
import { isLiving, type Member, MemberList } from '../src/member-list.ts'
import { Suspicion } from '../src/suspicion.ts'

type Known = Parameters<MemberList['setState']>[1]
const addAlive = (list: MemberList, id: string): Member => {
  const member = list.find(id)
  list.setState(member, { type: 'alive' })
  return member
}

const suspicion = new Suspicion({ minMs: 1, maxMs: 2, k: 1, refusedFloorMs: 1 }, 0)
const suspect: Known = { type: 'suspect', suspicion }
const dead: Known = { type: 'dead', sinceMs: 0 }

it('counts alive and suspect members and the local member as the cluster', () => {
  const list = new MemberList('me')
  const [a, b, c] = ['a', 'b', 'c'].map(id => addAlive(list, id))
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were added')
  expect([list.aliveCount, list.clusterSize]).toEqual([3, 4])
  list.setState(a, suspect)
  expect([list.aliveCount, list.clusterSize]).toEqual([2, 4])
  list.setState(a, dead)
  list.setState(b, { type: 'left' })
  expect([list.aliveCount, list.clusterSize]).toEqual([1, 2])
  expect([a, b, c].map(isLiving)).toEqual([false, false, true])
  list.setState(a, { type: 'alive' })
  list.delete(c)
  list.delete(c)
  expect([list.aliveCount, list.clusterSize]).toEqual([1, 2])
  expect(list.get('c')).toBeUndefined()
})

it('does not change the members of a prior, nor their suspicions', () => {
  const prior = new MemberList('before')
  const known = addAlive(prior, 'a')
  prior.setState(known, {
    type: 'suspect',
    suspicion: new Suspicion({ minMs: 1_000, maxMs: 6_000, k: 1, refusedFloorMs: 500 }, 0),
  })
  const copied = new MemberList('me', prior).get('a')
  if (copied?.state.type !== 'suspect' || known.state.type !== 'suspect') throw new Error('both are suspect')
  const quorum = { wanted: 2, counts: () => true }
  for (const observer of ['b', 'c']) copied.state.suspicion.observe(observer, false, quorum, 0)
  expect(copied.state.suspicion.deadlineMs).toBe(1_000)
  expect(known.state.suspicion.deadlineMs).toBe(6_000)
  expect(known.state.suspicion.observers).toEqual([])
})

it('starts with the members of a prior without the local member', () => {
  const prior = new MemberList('before')
  for (const id of ['me', 'a', 'b']) addAlive(prior, id)
  const list = new MemberList('me', prior)
  expect([list.has('me'), list.has('a'), list.has('c')]).toEqual([false, true, false])
  expect([list.aliveCount, list.clusterSize]).toEqual([2, 3])
  list.delete(list.find('a'))
  expect([list.has('a'), list.get('a'), prior.has('a')]).toEqual([false, undefined, true])
  expect(list.get('b')).toBe(list.get('b'))
  list.setState(list.find('b'), dead)
  expect([list.aliveCount, prior.aliveCount]).toEqual([0, 3])
  addAlive(list, 'a')
  expect([list.has('a'), list.aliveCount]).toEqual([true, 1])
})
