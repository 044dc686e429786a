import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { idOf, recordBody, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { MemberBench, startEpochMs } from './member-bench.ts'

const ada = idOf('ada')
const grace = idOf('grace')
const incarnation = startEpochMs
const adaRecord = (version: number) => recordBody({ incarnation, version, name: 'ada' })

describe('member events', () => {
  it('are at most one per member and step, for any number of facts', () => {
    const bench = new MemberBench()
    bench.handle(ada, adaRecord(1))
    bench.handle(ada, adaRecord(2))
    bench.handle(grace, recordBody({ incarnation, name: 'grace' }))
    expect(bench.events()).toEqual(['join ada', 'join grace'])
    expect(bench.events()).toEqual([])
    bench.handle(ada, adaRecord(3))
    expect(bench.events()).toEqual(['update ada'])
  })

  it('do not exist, and no effect does, for a member that was marked but did not change', () => {
    const bench = new MemberBench()
    bench.handle(ada, adaRecord(1))
    bench.endStep()
    bench.parts.memberEvents.markChanged(ada)
    expect(bench.endStep()).toEqual([])
  })

  it('come after one effect that lists all changed members of the step', () => {
    const bench = new MemberBench()
    bench.handle(ada, adaRecord(1))
    bench.handle(grace, recordBody({ incarnation, name: 'grace' }))
    const [first, ...others] = bench.endStep()
    expect(first).toEqual({ type: 'changed', ids: [ada, grace] })
    expect(others.filter(({ type }) => type === 'changed')).toEqual([])
  })

  it('do not include a member that left before this member joined', () => {
    const bench = new MemberBench()
    bench.handle(ada, recordBody({ incarnation, name: 'ada', leaving: true, leftEpochMs: startEpochMs }))
    expect(bench.events()).toEqual([])
    expect(bench.parts.memberView.get(ada)?.status).toBe('left')
  })

  it('report the leave of a member, and remove it from the overlay', () => {
    const bench = new MemberBench()
    bench.handle(ada, adaRecord(1))
    bench.endStep()
    expect(bench.parts.overlay.isNeighbour(ada)).toBe(true)
    bench.handle(ada, recordBody({ incarnation, version: 2, name: 'ada', leaving: true }))
    expect(bench.events()).toEqual(['leave ada'])
    expect(bench.parts.overlay.isNeighbour(ada)).toBe(false)
  })

  it('show a suspicion only after it stood for a while, and not at all if it is refuted before', () => {
    const bench = new MemberBench()
    bench.handle(ada, adaRecord(1))
    bench.handle(grace, recordBody({ incarnation, name: 'grace' }))
    bench.endStep()
    bench.handle(grace, suspicionBody(ada, incarnation))
    expect(bench.events()).toEqual([])
    bench.handle(ada, recordBody({ incarnation: incarnation + 1, name: 'ada' }))
    expect(bench.events()).toEqual(['update ada'])
    bench.pass(60_000)
    expect(bench.events()).toEqual([])
  })

  it('store the addresses of members at each sweep, if they changed', () => {
    const bench = new MemberBench()
    const stored = () => {
      bench.parts.memberEvents.sweep(bench.now)
      return bench
        .endStep()
        .flatMap(effect => (effect.type === 'persist-cached-peers' ? [effect.addresses] : []))
    }
    expect(stored()).toEqual([])
    const address = '/ip4/192.0.2.1/tcp/4001'
    bench.handle(ada, recordBody({ incarnation, addresses: [multiaddr(address).bytes] }))
    bench.endStep()
    expect(stored()).toEqual([[address]])
    expect(stored()).toEqual([])
  })
})
