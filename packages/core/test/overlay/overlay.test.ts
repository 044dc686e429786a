import { describe, expect, it } from 'vitest'
import { Overlay } from '../../src/overlay/overlay.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'

const address = '/ip4/192.0.2.1/tcp/4001'

function overlayOf(self: string, bootstrap: readonly string[] = []): Overlay {
  return new Overlay({ self, bootstrap, cachedPeers: [], random: mulberry32(1) }, 0)
}

describe('overlay', () => {
  it('when alone, tries the bootstrap and the dead, at once and again', () => {
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

  it('dials its neighbours, the first at once and later ones when the rings are quiet', () => {
    const overlay = overlayOf('a')
    overlay.addMember('b')
    expect(overlay.advance(0)).toEqual([{ type: 'dial', id: 'b' }])
    overlay.opened('b', true)
    overlay.addMember('c')
    expect(overlay.advance(10)).toEqual([])
    expect(overlay.deadlineMs()).toBeLessThanOrEqual(2_010)
    expect(overlay.advance(2_010)).toEqual([{ type: 'dial', id: 'c' }])
  })

  it('watches over neighbours that it is connected to or dialled in vain, and over no others', () => {
    const overlay = overlayOf('a')
    for (const id of ['b', 'c', 'd']) overlay.addMember(id)
    overlay.opened('b', true)
    overlay.dialFailed('c', 0)
    expect([...overlay.subjects(0)].sort()).toEqual(['b', 'c'])
    overlay.markDead('c')
    expect(overlay.subjects(0)).toEqual(['b'])
  })

  it('goes on waiting for a member that has news but no other address', () => {
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

  it('in another network, tries everybody and every door at once', () => {
    const overlay = overlayOf('a', [address])
    overlay.addMember('b')
    overlay.advance(0)
    for (let failures = 0; failures < 8; failures++) overlay.dialFailed('b', 0)
    // Some tries later it waits for long.
    for (let tries = 0; tries < 6; tries++) overlay.advance(overlay.deadlineMs())
    const nowMs = overlay.deadlineMs() - 100
    expect(overlay.advance(nowMs)).toEqual([])
    overlay.networkChanged(nowMs)
    expect(overlay.advance(nowMs)).toEqual([
      { type: 'dial', id: 'b' },
      { type: 'dial-bootstrap', address },
    ])
  })

  it('knows which connections it gave up itself, once, and not after another stood', () => {
    const overlay = overlayOf('a')
    for (const id of ['b', 'c', 'd']) overlay.opened(id, true)
    expect(overlay.advance(5_000)).toEqual([])
    const given = overlay.advance(30_000).map(action => action.type === 'disconnect' && action.id)
    expect(given).toEqual(['b', 'c', 'd'])
    expect([overlay.closed('b'), overlay.closed('b')]).toEqual([true, false])
    overlay.opened('c', false)
    expect(overlay.closed('c')).toBe(false)
  })

  it('does not look for who has left', () => {
    const overlay = overlayOf('a', [address])
    overlay.addMember('b')
    overlay.remove('b')
    expect(overlay.neighbours(0)).toEqual([])
    expect(overlay.advance(0)).toEqual([{ type: 'dial-bootstrap', address }])
  })

  it('leaves a bootstrap address alone behind which a present member answered', () => {
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

  describe('of a member that cannot listen by itself', () => {
    const members = Array.from({ length: 60 }, (_, i) => `m${i}`)
    /** Connected to everybody, long enough for what is surplus to be given up. */
    const grown = (relays: readonly string[] | undefined): Overlay => {
      const overlay = overlayOf('a', [address])
      for (const id of members) {
        overlay.addMember(id)
        overlay.opened(id, true)
      }
      if (relays) overlay.setRelays(relays)
      return overlay
    }
    const givenUp = (overlay: Overlay): string[] =>
      Array.from({ length: 40 }, (_, i) => overlay.advance(i * 1_000))
        .flat()
        .flatMap(action => (action.type === 'disconnect' ? [action.id] : []))
    const strangers = (overlay: Overlay): string[] => {
      const neighbours = overlay.neighbours(0)
      return members.filter(id => !neighbours.includes(id))
    }

    it('stays connected to those by whom it is found', () => {
      const [one = '', two = '', three = ''] = strangers(grown(undefined))
      const overlay = grown([one, two])
      const ids = givenUp(overlay)
      expect(ids).toContain(three)
      expect(ids).not.toContain(one)
      expect(ids).not.toContain(two)
      overlay.closed(one)
      expect(overlay.advance(41_000)).toContainEqual({ type: 'dial', id: one })
    })

    it('stays connected to who answered at the bootstrap, while it is found by nobody', () => {
      const [door = ''] = strangers(grown(undefined))
      for (const [relays, isKept] of [
        [undefined, false],
        [[], true],
      ] as const) {
        const overlay = grown(relays)
        overlay.bootstrapped(address, door)
        expect(givenUp(overlay).includes(door)).toBe(!isKept)
      }
    })
  })

  it('changes its revision when whom to watch may have changed', () => {
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
