import { beforeEach, describe, expect, it } from 'vitest'
import { IndirectProbeHandler, indirectTimeoutMs, nackAfterMs } from '../src/indirect-probe-handler.ts'
import { profiles } from '../src/parameters.ts'
import { type ProbeMessage, SequenceNumbers } from '../src/probe-message.ts'

describe('IndirectProbeHandler', () => {
  let sent: { readonly to: string; readonly message: ProbeMessage }[]
  let handler: IndirectProbeHandler
  const sentTypes = (): string[] => sent.map(({ message }) => message.type)
  const request = (requester: string, subject: string, nowMs = 0): number => {
    handler.handleRequest(requester, 7, subject, true, nowMs)
    return sent.at(-1)?.message.seq ?? Number.NaN
  }
  beforeEach(() => {
    sent = []
    handler = new IndirectProbeHandler(profiles.lan, new SequenceNumbers(() => 0), (to, message) =>
      sent.push({ to, message }),
    )
  })

  it('serves at most 128 requests in total at the same time', () => {
    for (let requester = 0; requester < 129; requester++) request(`r${requester}`, 's')
    expect(sentTypes().filter(type => type === 'ping')).toHaveLength(128)
    expect(sent.at(-1)).toEqual({ to: 'r128', message: { type: 'nack', seq: 7 } })
  })

  it('counts the requests of each requester apart', () => {
    for (let index = 0; index < 8; index++) request('a', 's')
    request('b', 's')
    expect(sentTypes()).toEqual(Array(9).fill('ping'))
    request('a', 's')
    expect(sentTypes().at(-1)).toBe('nack')
  })

  it('ends a request with the first ack of the subject, so that the requester can ask again', () => {
    for (let index = 0; index < 8; index++) {
      const seq = request('a', 's')
      expect(handler.ack('other', seq)).toBe(false)
      expect([handler.ack('s', seq), handler.ack('s', seq)]).toEqual([true, false])
    }
    expect(handler.nextMs()).toBe(Infinity)
    request('a', 's')
    expect(sentTypes().at(-1)).toBe('ping')
  })

  it('sends one nack at 80 % of the timeout, and reports the subject at the timeout', () => {
    request('a', 's')
    expect([handler.advance(399), handler.advance(400), handler.advance(499)]).toEqual([[], [], []])
    expect(sentTypes()).toEqual(['ping', 'nack'])
    expect(handler.advance(500)).toEqual(['s'])
    expect(sentTypes()).toEqual(['ping', 'nack'])
    expect(handler.nextMs()).toBe(Infinity)
  })

  it('stores when an unanswered ping was sent, until an interval after its timeout', () => {
    request('a', 's', 100)
    expect(handler.unansweredMs('s', 300)).toBeUndefined()
    handler.advance(600)
    expect(handler.unansweredMs('s', 1_600)).toBe(100)
    expect(handler.unansweredMs('s', 1_601)).toBeUndefined()
  })

  it('stores at most 128 unanswered subjects, the latest ones', () => {
    for (let index = 0; index < 129; index++) {
      request(`r${index}`, `s${index}`, 0)
      handler.advance(500)
    }
    expect(handler.unansweredMs('s0', 500)).toBeUndefined()
    expect(handler.unansweredMs('s1', 500)).toBe(0)
  })

  it('drops requests and unanswered pings', () => {
    request('a', 's')
    handler.advance(500)
    const seq = request('a', 't')
    handler.dropAll()
    expect(handler.nextMs()).toBe(Infinity)
    expect(handler.ack('t', seq)).toBe(false)
    expect(handler.unansweredMs('s', 500)).toBeUndefined()
  })
})

it.each([
  [1_000, 500, 500, 400],
  [1_000, 200, 200, 160],
  [5_000, 3_000, 2_000, 1_600],
])(
  'with an interval of %i ms and a timeout of %i ms, a proxy waits %i ms and sends its nack after %i ms',
  (probeIntervalMs, probeTimeoutMs, timeoutMs, nackMs) => {
    expect(indirectTimeoutMs({ probeIntervalMs, probeTimeoutMs })).toBe(timeoutMs)
    expect(nackAfterMs({ probeIntervalMs, probeTimeoutMs })).toBe(nackMs)
  },
)
