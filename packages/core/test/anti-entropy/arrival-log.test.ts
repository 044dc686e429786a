import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArrivalLog } from '../../src/anti-entropy/arrival-log.ts'

function idsSince(log: ArrivalLog, mark: number): string[] | undefined {
  return log.since(mark)?.map(({ id }) => id)
}

describe('arrival log', () => {
  it('lists the arrivals after a mark with their senders, the newest first, each member once', () => {
    const log = new ArrivalLog(8)
    log.arrived('ada', 'bob')
    log.arrived('cyd', undefined)
    const mark = log.count
    log.arrived('dee', 'cyd')
    log.arrived('ada', 'cyd')
    log.arrived('dee', 'bob')
    expect(log.since(mark)).toEqual([
      { id: 'dee', from: 'bob', at: 5 },
      { id: 'ada', from: 'cyd', at: 4 },
    ])
    expect(idsSince(log, 0)).toEqual(['dee', 'ada', 'cyd'])
    expect(idsSince(log, log.count)).toEqual([])
  })

  it('stores arrivals up to its limit, and returns undefined for an earlier mark', () => {
    const log = new ArrivalLog(2)
    for (const id of ['ada', 'bob', 'ada', 'cyd']) log.arrived(id, undefined)
    // bob's arrival, the second one, was deleted when cyd's arrived.
    expect(idsSince(log, 1)).toBeUndefined()
    expect(idsSince(log, 2)).toEqual(['cyd', 'ada'])
  })

  it('gives the same result as a list of all arrivals', () => {
    const ids = fc.array(fc.nat(9).map(String), { maxLength: 400, size: 'max' })
    fc.assert(
      fc.property(ids, fc.nat(400), (ids, mark) => {
        const log = new ArrivalLog(10)
        for (const id of ids) log.arrived(id, undefined)
        const latest = ids.slice(mark).filter((id, i, rest) => rest.lastIndexOf(id) === i)
        // A member is listed once, at its last arrival after the mark.
        expect(idsSince(log, mark)).toEqual(latest.reverse())
      }),
    )
  })
})
