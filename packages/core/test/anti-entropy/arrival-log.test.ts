import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArrivalLog } from '../../src/anti-entropy/arrival-log.ts'

function idsSince(log: ArrivalLog, mark: number): string[] | undefined {
  return log.since(mark)?.map(({ id }) => id)
}

describe('arrival log', () => {
  it('tells what arrived after a mark, the latest first, each member once, and from whom', () => {
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

  it('keeps as many members as it may, and says when that does not reach back far enough', () => {
    const log = new ArrivalLog(2)
    for (const id of ['ada', 'bob', 'ada', 'cyd']) log.arrived(id, undefined)
    // bob's, the second, went when cyd's came.
    expect(idsSince(log, 1)).toBeUndefined()
    expect(idsSince(log, 2)).toEqual(['cyd', 'ada'])
  })

  it('tells the same as a list of all that ever arrived', () => {
    const ids = fc.array(fc.nat(9).map(String), { maxLength: 400, size: 'max' })
    fc.assert(
      fc.property(ids, fc.nat(400), (ids, mark) => {
        const log = new ArrivalLog(10)
        for (const id of ids) log.arrived(id, undefined)
        const latest = ids.slice(mark).filter((id, i, rest) => rest.lastIndexOf(id) === i)
        // Who came again after the mark is named for that; who did not, is not named.
        expect(idsSince(log, mark)).toEqual(latest.reverse())
      }),
    )
  })
})
