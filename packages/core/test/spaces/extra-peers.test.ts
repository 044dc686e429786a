/** Extra peers: connections between holders that must be tried. */
import { describe, expect, it } from 'vitest'
import { ExtraPeers } from '../../src/spaces/extra-peers.ts'
import { Reachability } from '../../src/spaces/reachability.ts'
import type { SpaceMembers } from '../../src/spaces/space-members.ts'
import type { SpaceReplica } from '../../src/spaces/space-replica.ts'
import type { ClusterView } from '../../src/spaces/space-roster.ts'

function bench() {
  const holders = [...'bcdefghijklm'].map(id => ({ id, isSynced: true }))
  const pair = { isUnreachable: false }
  const replica = {
    documents: new Map([['notes', {}]]),
    holdersOf: () => holders,
    hasUnreachablePair: () => pair.isUnreachable,
    membersWithoutAnnouncement: () => [],
  } as object as SpaceReplica
  const spaces = new Map([['design', { replica, generation: 1 }]])
  const reachability = new Reachability()
  const view = { self: 'a', isNeighbour: () => false, connected: () => [] } as Partial<ClusterView>
  const members = { groups: () => [], othersIn: () => [] } as object as SpaceMembers
  const extraPeers = new ExtraPeers(view as ClusterView, members, reachability)
  let nowMs = 0
  /** The extra peers after the groups may have changed; undefined if they did not change. */
  const take = () => {
    extraPeers.regroup(nowMs)
    nowMs += 1_000
    return extraPeers.take(spaces, nowMs)
  }
  return { extraPeers, reachability, pair, take }
}

describe('the connections to neighbours among the holders of a document', () => {
  it('are not tried while all holders can reach each other', () => {
    const { extraPeers, take } = bench()
    expect(take()).not.toEqual([])
    expect(extraPeers.takeUntried()).toEqual([])
  })

  it('are tried once each, when two holders cannot reach each other, although the neighbours are the same', () => {
    const { extraPeers, reachability, pair, take } = bench()
    const neighbours = take()
    pair.isUnreachable = true
    expect(take()).toBeUndefined()
    expect(extraPeers.takeUntried().toSorted()).toEqual(neighbours?.toSorted())
    take()
    expect(extraPeers.takeUntried()).toEqual([])

    for (const id of neighbours ?? []) reachability.failed(id)
    const next = take()
    expect(next).not.toEqual([])
    expect(extraPeers.takeUntried().toSorted()).toEqual(next?.toSorted())
  })
})
