import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { heartbeatBody, idOf, recordBody, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { MemberBench, self, startEpochMs } from './member-bench.ts'

const ada = idOf('ada')
const grace = idOf('grace')
const incarnation = startEpochMs
const address = multiaddr('/ip4/192.0.2.1/tcp/4001').bytes
const detectorStatus = (bench: MemberBench) => bench.parts.detector.status(ada)?.type

/** A bench that knows the members Ada and Grace. */
function withMembers(): MemberBench {
  const bench = new MemberBench()
  bench.handle(ada, recordBody({ incarnation, name: 'ada' }))
  bench.handle(grace, recordBody({ incarnation, name: 'grace' }))
  bench.endStep()
  return bench
}

describe('a record of another member', () => {
  it('reaches the table, the detector, the overlay and the transport', () => {
    const bench = new MemberBench()
    const fact = bench.handle(ada, recordBody({ incarnation, name: 'ada', addresses: [address] }))
    const { table, overlay } = bench.parts
    expect([table.stored(fact), detectorStatus(bench)]).toEqual([fact, 'alive'])
    expect(bench.endStep()).toContainEqual({ type: 'set-addresses', id: ada, addresses: [address] })
    expect(overlay.isNeighbour(ada)).toBe(true)
  })

  it('is published for its author only if the author sent it directly', () => {
    const bench = new MemberBench()
    bench.handle(ada, recordBody({ incarnation, version: 1 }))
    bench.handle(ada, recordBody({ incarnation, version: 2 }), grace)
    expect(bench.parts.rumors.size).toBe(0)
    bench.handle(ada, recordBody({ incarnation, version: 3 }), ada)
    expect(bench.parts.rumors.size).toBe(1)
  })

  it('has no effect if the table stores a newer one', () => {
    const bench = withMembers()
    bench.handle(ada, recordBody({ incarnation, version: 2 }))
    bench.endStep()
    bench.handle(ada, recordBody({ incarnation, version: 1, addresses: [address] }), ada)
    expect([bench.parts.rumors.size, bench.endStep()]).toEqual([0, []])
  })

  it('that ends its membership lasts until a greater incarnation arrives', () => {
    const bench = withMembers()
    bench.handle(ada, recordBody({ incarnation, version: 2, leaving: true }))
    expect(detectorStatus(bench)).toBe('left')
    bench.handle(ada, recordBody({ incarnation: incarnation + 1 }))
    expect(detectorStatus(bench)).toBe('alive')
  })

  it('that returns in the incarnation in which it left is alive, unless it is suspected in that incarnation', () => {
    const returned = (isSuspected: boolean) => {
      const bench = withMembers()
      bench.handle(ada, recordBody({ incarnation, version: 2, leaving: true }))
      if (isSuspected) bench.handle(grace, suspicionBody(ada, incarnation))
      bench.handle(ada, recordBody({ incarnation, version: 3 }))
      return detectorStatus(bench)
    }
    expect([returned(false), returned(true)]).toEqual(['alive', 'suspect'])
  })

  it('of a greater incarnation ends a suspicion', () => {
    const bench = withMembers()
    bench.handle(grace, suspicionBody(ada, incarnation))
    expect(detectorStatus(bench)).toBe('suspect')
    bench.handle(ada, recordBody({ incarnation: incarnation + 1 }))
    expect(detectorStatus(bench)).toBe('alive')
  })
})

describe('a suspicion', () => {
  it('reaches the detector, and is not published again', () => {
    const bench = withMembers()
    bench.handle(grace, suspicionBody(ada, incarnation), grace)
    expect([detectorStatus(bench), bench.parts.rumors.size]).toEqual(['suspect', 0])
  })

  it('of an incarnation whose record is not stored is dropped', () => {
    const bench = withMembers()
    bench.handle(grace, suspicionBody(ada, incarnation + 1))
    expect(detectorStatus(bench)).toBe('alive')
  })

  it('with a refusal makes a neighbour of the suspect dial it', () => {
    const bench = withMembers()
    bench.handle(grace, suspicionBody(ada, incarnation, true))
    expect(bench.endStep()).toContainEqual({ type: 'dial', id: ada })
  })

  it('with a refusal causes no dial while the suspect is connected', () => {
    const bench = withMembers()
    bench.parts.connectionHandler.handle(ada, 'open', true, bench.now)
    bench.handle(grace, suspicionBody(ada, incarnation, true))
    expect(bench.endStep()).not.toContainEqual({ type: 'dial', id: ada })
  })

  it('that this member signed is published', () => {
    const bench = withMembers()
    bench.handle(self, suspicionBody(ada, incarnation), self)
    expect(bench.parts.rumors.size).toBe(1)
  })
})

describe('a heartbeat', () => {
  it('is stored only in the incarnation of the stored record', () => {
    const bench = withMembers()
    const { table } = bench.parts
    bench.handle(ada, heartbeatBody(incarnation + 1, 9))
    expect(table.get(ada)?.heartbeat).toBeUndefined()
    bench.handle(ada, heartbeatBody(incarnation, 3))
    bench.handle(ada, heartbeatBody(incarnation, 2))
    expect(table.get(ada)?.heartbeat?.sequence).toBe(3)
    expect(bench.parts.rumors.size).toBe(0)
  })
})

describe("a record in this member's own name", () => {
  it('with a greater incarnation was signed by another process, and is refuted', () => {
    const bench = new MemberBench()
    bench.handle(self, recordBody({ incarnation: incarnation + 5 }), ada)
    const drafts = bench.endStep().flatMap(effect => (effect.type === 'sign' ? [effect.draft] : []))
    expect(drafts).toEqual([
      expect.objectContaining({
        type: 'record',
        record: expect.objectContaining({ incarnation: incarnation + 6, version: 1 }),
      }),
    ])
  })

  it('is not dialled and not passed to the detector', () => {
    const bench = new MemberBench()
    bench.handle(self, recordBody({ incarnation, addresses: [address] }), self)
    expect(bench.parts.detector.status(self)).toBeUndefined()
    expect(bench.endStep().filter(({ type }) => type === 'set-addresses')).toEqual([])
  })
})
