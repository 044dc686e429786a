import { describe, expect, it } from 'vitest'
import { RoundTrips } from '../../src/member/round-trips.ts'

const roundTrips = (): RoundTrips => {
  let number = 0
  return new RoundTrips(() => ++number / 2 ** 31)
}

describe('round trips', () => {
  it('are the smallest of the last three samples', () => {
    const subject = roundTrips()
    expect(subject.least('ada')).toBeUndefined()
    const smallest = [800, 20, 900, 30, 40].map(ms => {
      subject.record('ada', ms)
      return subject.least('ada')
    })
    expect(smallest).toEqual([800, 20, 20, 20, 30])
  })

  it('are measured by three pings over each connection, one at a time, to the member with the fewest pings', () => {
    const subject = roundTrips()
    const pinged = Array.from({ length: 7 }, () => subject.ping(['ada', 'bob'], 0)?.to)
    expect(pinged).toEqual(['ada', 'bob', 'ada', 'bob', 'ada', 'bob', undefined])
    expect(subject.ping(['ada', 'bob', 'cyd'], 0)?.to).toBe('cyd')
    subject.closed('ada')
    expect(subject.ping(['ada', 'bob'], 0)?.to).toBe('ada')
  })

  it('are recorded once, when the pinged member acks the latest ping', () => {
    const subject = roundTrips()
    const late = subject.ping(['ada'], 0)?.message.seq ?? Number.NaN
    const seq = subject.ping(['ada'], 1_000)?.message.seq ?? Number.NaN
    expect(subject.ack('ada', late, 1_005)).toBe(false)
    expect(subject.ack('bob', seq, 1_005)).toBe(false)
    expect(subject.ack('ada', seq, 1_007)).toBe(true)
    expect(subject.ack('ada', seq, 1_009)).toBe(false)
    expect(subject.least('ada')).toBe(7)
  })

  it('are deleted with the connection', () => {
    const subject = roundTrips()
    subject.record('ada', 5)
    subject.closed('ada')
    expect(subject.least('ada')).toBeUndefined()
    expect(subject.size).toBe(0)
  })
})
