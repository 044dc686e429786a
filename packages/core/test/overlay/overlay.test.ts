import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { Overlay } from '../../src/overlay/overlay.ts'

const address = '/ip4/192.0.2.1/tcp/4001'

function overlayOf(self: string, bootstrap: readonly string[] = []): Overlay {
  return new Overlay({ self, bootstrap, cachedPeers: [], random: mulberry32(1) }, 0)
}

describe('overlay', () => {
  it('without a connection, dials bootstrap addresses and dead members immediately and repeatedly', () => {
    const overlay = overlayOf('a', [address])
    overlay.addMember('b')
    overlay.markDead('b')
    expect(overlay.advance(0)).toEqual([
      { type: 'dial-bootstrap', address },
      { type: 'dial', id: 'b' },
    ])
    expect(overlay.deadlineMs()).toBeLessThan(1_000)
    expect(overlay.advance(overlay.deadlineMs())).toHaveLength(2)
  })

  it('dials its first neighbour immediately, and later ones after the rings have settled', () => {
    const overlay = overlayOf('a')
    overlay.addMember('b')
    expect(overlay.advance(0)).toEqual([{ type: 'dial', id: 'b' }])
    overlay.opened('b', true)
    overlay.addMember('c')
    expect(overlay.advance(10)).toEqual([])
    expect(overlay.deadlineMs()).toBeLessThanOrEqual(2_010)
    expect(overlay.advance(2_010)).toEqual([{ type: 'dial', id: 'c' }])
  })

  it('monitors only neighbours that are connected or whose dials failed', () => {
    const overlay = overlayOf('a')
    for (const id of ['b', 'c', 'd']) overlay.addMember(id)
    overlay.opened('b', true)
    overlay.dialFailed('c', 0)
    expect([...overlay.subjects(0)].sort()).toEqual(['b', 'c'])
    overlay.markDead('c')
    expect(overlay.subjects(0)).toEqual(['b'])
  })

  it('keeps waiting to dial a member with a new record but the same addresses', () => {
    const overlay = overlayOf('a')
    for (const id of ['b', 'c']) overlay.addMember(id)
    overlay.opened('c', true)
    const dials = (nowMs: number) => overlay.advance(nowMs).filter(({ type }) => type === 'dial')
    dials(0)
    expect(dials(10_000)).toEqual([{ type: 'dial', id: 'b' }])
    overlay.dialFailed('b', 10_000)
    overlay.addMember('b')
    expect(dials(10_100)).toEqual([])
    overlay.addressesChanged('b')
    expect(dials(10_100)).toEqual([{ type: 'dial', id: 'b' }])
  })

  it('after a network change, dials all members and bootstrap addresses immediately', () => {
    const overlay = overlayOf('a', [address])
    overlay.addMember('b')
    overlay.advance(0)
    for (let failures = 0; failures < 8; failures++) overlay.dialFailed('b', 0)
    // After several failed dials, the overlay waits for a long time before the next dial.
    for (let tries = 0; tries < 6; tries++) overlay.advance(overlay.deadlineMs())
    const nowMs = overlay.deadlineMs() - 100
    expect(overlay.advance(nowMs)).toEqual([])
    overlay.networkChanged(nowMs)
    expect(overlay.advance(nowMs)).toEqual([
      { type: 'dial', id: 'b' },
      { type: 'dial-bootstrap', address },
    ])
  })

  it('after a network change, dials all bootstrap addresses without a known member and up to three dead members', () => {
    const unknown = '/ip4/192.0.2.2/tcp/4001'
    const overlay = overlayOf('a', [address, unknown])
    for (const id of ['b', 'c', 'd', 'e', 'f', 'g']) overlay.addMember(id)
    for (const id of ['b', 'c']) overlay.opened(id, true)
    overlay.bootstrapped(address, 'b')
    for (const id of ['d', 'e', 'f', 'g']) overlay.markDead(id)
    overlay.advance(0)
    overlay.networkChanged(100)
    const actions = overlay.advance(100)
    expect(actions.filter(({ type }) => type === 'dial-bootstrap')).toEqual([
      { type: 'dial-bootstrap', address: unknown },
    ])
    expect(actions.filter(({ type }) => type === 'dial')).toHaveLength(3)
    // The next round is an ordinary one.
    expect(overlay.advance(20_000).length).toBeLessThan(2)
  })

  it('dials the bootstrap addresses immediately when its last connection closes', () => {
    const overlay = overlayOf('a', [address])
    for (const id of ['b', 'c']) overlay.addMember(id)
    for (const id of ['b', 'c']) overlay.opened(id, true)
    overlay.bootstrapped(address, 'b')
    const dialsBootstrap = (nowMs: number) =>
      overlay.advance(nowMs).some(({ type }) => type === 'dial-bootstrap')
    overlay.advance(0)
    overlay.closed('b')
    expect(dialsBootstrap(100)).toBe(false)
    overlay.closed('c')
    expect(overlay.deadlineMs()).toBeLessThanOrEqual(100)
    expect(dialsBootstrap(100)).toBe(true)
  })

  it('reports once that it released a connection, and not for a later connection', () => {
    const overlay = overlayOf('a')
    for (const id of ['b', 'c', 'd']) overlay.opened(id, true)
    expect(overlay.advance(5_000)).toEqual([])
    const released = overlay.advance(30_000).map(action => action.type === 'disconnect' && action.id)
    expect(released).toEqual(['b', 'c', 'd'])
    expect([overlay.closed('b'), overlay.closed('b')]).toEqual([true, false])
    overlay.opened('c', false)
    expect(overlay.closed('c')).toBe(false)
  })

  it('does not dial a member that left', () => {
    const overlay = overlayOf('a', [address])
    overlay.addMember('b')
    overlay.remove('b')
    expect(overlay.neighbours(0)).toEqual([])
    expect(overlay.advance(0)).toEqual([{ type: 'dial-bootstrap', address }])
  })

  it('does not dial a bootstrap address at which a connected peer answered, whose record has not arrived', () => {
    const overlay = overlayOf('a', [address])
    overlay.opened('b', true)
    overlay.bootstrapped(address, 'b')
    for (let nowMs = 0; nowMs < 60_000; nowMs += 1_000)
      expect(overlay.advance(nowMs).filter(({ type }) => type === 'dial-bootstrap')).toEqual([])
  })

  it('does not dial a bootstrap address at which a present member answered', () => {
    const overlay = overlayOf('a', [address])
    overlay.addMember('b')
    overlay.opened('b', true)
    overlay.bootstrapped(address, 'b')
    for (let nowMs = 0; nowMs < 60_000; nowMs += 1_000)
      expect(overlay.advance(nowMs).filter(({ type }) => type === 'dial-bootstrap')).toEqual([])
    overlay.markDead('b')
    const later = Array.from({ length: 60 }, (_, i) => overlay.advance(60_000 + i * 1_000)).flat()
    expect(later.some(({ type }) => type === 'dial-bootstrap')).toBe(true)
  })

  describe('of a member that cannot listen itself', () => {
    const members = Array.from({ length: 60 }, (_, i) => `m${i}`)
    /** An overlay that is connected to all members. */
    const connected = (relays: readonly string[] | undefined): Overlay => {
      const overlay = overlayOf('a', [address])
      for (const id of members) {
        overlay.addMember(id)
        overlay.opened(id, true)
      }
      if (relays) overlay.setRelays(relays)
      return overlay
    }
    const prunedBy = (overlay: Overlay): string[] =>
      Array.from({ length: 40 }, (_, i) => overlay.advance(i * 1_000))
        .flat()
        .flatMap(action => (action.type === 'disconnect' ? [action.id] : []))
    const othersOf = (overlay: Overlay): string[] => {
      const neighbours = overlay.neighbours(0)
      return members.filter(id => !neighbours.includes(id))
    }

    it('stays connected to its relays', () => {
      const [one = '', two = '', three = ''] = othersOf(connected(undefined))
      const overlay = connected([one, two])
      const ids = prunedBy(overlay)
      expect(ids).toContain(three)
      expect(ids).not.toContain(one)
      expect(ids).not.toContain(two)
      overlay.closed(one)
      expect(overlay.advance(41_000)).toContainEqual({ type: 'dial', id: one })
    })

    it('stays connected to the member that answered at the bootstrap address, while it has no relay', () => {
      const [answering = ''] = othersOf(connected(undefined))
      for (const [relays, isPruned] of [
        [undefined, true],
        [[], false],
      ] as const) {
        const overlay = connected(relays)
        overlay.bootstrapped(address, answering)
        expect(prunedBy(overlay).includes(answering)).toBe(isPruned)
      }
    })
  })

  it('changes its revision when the monitored members may have changed', () => {
    const overlay = overlayOf('a')
    const revisions = [overlay.revision]
    for (const act of [
      () => overlay.addMember('b'),
      () => overlay.opened('b', true),
      () => overlay.closed('b'),
      () => overlay.dialFailed('b', 0),
      () => overlay.markDead('b'),
    ]) {
      act()
      revisions.push(overlay.revision)
    }
    expect(new Set(revisions).size).toBe(6)
  })
})
