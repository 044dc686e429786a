import { describe, expect, it } from 'vitest'
import { TrafficCounters } from '../../../src/libp2p/metrics/traffic-counters.ts'
import type { RumorVerdict, Transport, TransportListener } from '../../../src/runtime/ports.ts'

function counters() {
  const calls: unknown[][] = []
  const received: string[] = []
  const recording = (answer?: unknown) =>
    new Proxy({} as never, {
      get:
        (_, name) =>
        (...values: unknown[]) => {
          calls.push([name, ...values])
          return answer
        },
    })
  return { calls, received, recording, traffic: new TrafficCounters(from => received.push(from)) }
}

const bytes = (length: number) => new Uint8Array(length)

describe('the traffic counters', () => {
  it('pass every call of the transport on', () => {
    const { calls, recording, traffic } = counters()
    const counted = traffic.counted(recording()) as unknown as Record<string, (...values: unknown[]) => void>
    const methods: Record<keyof Transport, true> = {
      send: true,
      publish: true,
      subscribe: true,
      unsubscribe: true,
      subscribers: true,
      dial: true,
      checkConnection: true,
      dialBootstrap: true,
      disconnect: true,
      refuse: true,
      setAddresses: true,
      reviewConnections: true,
      networkChanged: true,
      withoutPubsub: true,
      clockAheadMs: true,
    }
    for (const name of Object.keys(methods)) counted[name]?.(bytes(1), bytes(1), bytes(1))
    expect(calls.map(([name]) => name)).toEqual(Object.keys(methods))
  })

  it('count what is sent and received, by channel', () => {
    const { recording, received, traffic } = counters()
    const transport = traffic.counted(recording())
    transport.send('bob', 'probe', bytes(10))
    transport.send('bob', 'sync', bytes(20))
    transport.publish(bytes(5), 'room')
    const listener = traffic.listening(recording('accept') as TransportListener)
    listener.frame('bob', 'space', bytes(7))
    listener.rumor('eve', bytes(3))
    expect(traffic.sentBytes).toEqual({ probe: 10, sync: 20, space: 0, query: 0, rumor: 5 })
    expect(traffic.receivedBytes).toEqual({ probe: 0, sync: 0, space: 7, query: 0, rumor: 3 })
    expect(traffic.sentMessages).toEqual({ probe: 1, sync: 1, space: 0, query: 0, rumor: 1 })
    expect(received).toEqual(['bob', 'eve'])
  })

  it.each<RumorVerdict>(['accept', 'ignore', 'reject'])('count rumors by verdict: %s', async verdict => {
    const { recording, traffic } = counters()
    const now = traffic.listening(recording(verdict) as TransportListener)
    const later = traffic.listening(recording(Promise.resolve(verdict)) as TransportListener)
    expect([now.rumor('bob', bytes(1)), await later.rumor('bob', bytes(1))]).toEqual([verdict, verdict])
    expect(traffic.rumors[verdict]).toBe(2)
  })
})
