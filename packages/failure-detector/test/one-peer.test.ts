import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConnectionEvent, DetectorInput, ProbeMessage } from '../src/index.ts'
import { SimulatedNetwork } from './simulated-network.ts'

const beatMs = 5_000
const peer = 'm0'
const linkStates: readonly ConnectionEvent[] = [
  'open',
  'closed',
  'released',
  'refused',
  'unreachable',
  'network-down',
]

/** An input from the peer to one member or to all, repeated at a random interval. */
const peerInput: fc.Arbitrary<(network: SimulatedNetwork) => DetectorInput> = fc.oneof(
  fc.constantFrom(...linkStates).map(state => (): DetectorInput => ({ type: 'connection', id: peer, state })),
  fc.constant((): DetectorInput => ({ type: 'evidence', id: peer })),
  fc
    .oneof(
      fc.record({ type: fc.constantFrom('ack' as const, 'nack' as const), seq: fc.nat(1_000) }),
      fc.record({ type: fc.constant('ping' as const), seq: fc.nat(), suspected: fc.nat(3) }),
      fc.record({
        type: fc.constant('ping-request' as const),
        seq: fc.nat(),
        subject: fc.constantFrom('m1', 'm2', 'm3', 'unknown'),
      }),
    )
    .map(message => (): DetectorInput => ({ type: 'message', from: peer, message: message as ProbeMessage })),
  fc
    .record({ subject: fc.constantFrom('m1', 'm2', 'm3'), refused: fc.boolean() })
    .map(({ subject, refused }) => (network: SimulatedNetwork): DetectorInput => {
      const { incarnation } = network.host(subject)
      return { type: 'suspicion', subject, incarnation, observer: peer, refused }
    }),
  fc
    .record({
      state: fc.constantFrom('hidden' as const, 'frozen' as const, 'asleep' as const),
      leaseMs: fc.constantFrom(1_000, 1e9),
    })
    .map(attention => (network: SimulatedNetwork): DetectorInput => {
      const { incarnation } = network.host(peer)
      return { type: 'member', id: peer, incarnation, attention }
    }),
)

const plan = fc.record({
  seed: fc.nat(),
  members: fc.integer({ min: 7, max: 10 }),
  deeds: fc.array(
    fc.record({ act: peerInput, everyMs: fc.integer({ min: 50, max: 5_000 }), toAll: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  answers: fc.boolean(),
})

/** A cluster in which one peer sends the planned inputs from the start; with `acksForOthers`, it also acks every ping-request. */
function withOnePeer(
  {
    seed,
    members,
    deeds,
    answers,
  }: Pick<typeof plan extends fc.Arbitrary<infer T> ? T : never, 'seed' | 'members' | 'deeds' | 'answers'>,
  acksForOthers: boolean,
): SimulatedNetwork {
  const network = new SimulatedNetwork({ seed, members, links: true, beatMs })
  const others = network.hosts.map(({ id }) => id).filter(id => id !== peer)
  for (const { id } of network.hosts) network.feed(id, { type: 'heartbeat-interval', ms: beatMs })
  for (const id of answers ? [] : others) {
    network.conditions.cut(id, peer)
    network.conditions.cut(peer, id)
  }
  network.intercept = (from, to, message) => {
    if (!acksForOthers || to !== peer || message.type !== 'ping-request') return
    network.after(2, () =>
      network.feed(from, { type: 'message', from: peer, message: { type: 'ack', seq: message.seq } }),
    )
  }
  for (const { act, everyMs, toAll } of deeds) {
    let turn = 0
    const again = (): void => {
      turn += 1
      for (const [at, id] of others.entries())
        if ((toAll || at === turn % others.length) && network.isRunning(id)) network.feed(id, act(network))
      network.after(everyMs, again)
    }
    network.after(everyMs, again)
  }
  return network
}

/** How long it takes until all members but the peer consider `id` dead. */
function knownAfterMs(network: SimulatedNetwork, id: string, withinMs: number): number {
  const sinceMs = network.nowMs
  const observers = network.hosts.filter(host => host.id !== peer && host.id !== id && !host.isCrashed)
  const isKnown = (): boolean => observers.every(({ detector }) => detector.status(id)?.type === 'dead')
  while (!isKnown() && network.nowMs < sinceMs + withinMs) network.run(50)
  return isKnown() ? network.nowMs - sinceMs : Number.POSITIVE_INFINITY
}

describe('with one faulty peer', () => {
  it('all other members detect a crash within a second, and a hang within 12 s', () => {
    fc.assert(
      fc.property(plan, plan => {
        const network = withOnePeer(plan, false)
        network.run(40_000)
        network.crash('m1')
        expect(knownAfterMs(network, 'm1', 2_000)).toBeLessThanOrEqual(1_000)
        network.pause('m2', 1e9)
        expect(knownAfterMs(network, 'm2', 60_000)).toBeLessThanOrEqual(12_000)
      }),
      { numRuns: 60 },
    )
  })

  it('all other members detect a hang within 45 s although the peer acks probes of the hung member', () => {
    fc.assert(
      fc.property(plan, plan => {
        const network = withOnePeer({ ...plan, answers: false }, true)
        network.run(40_000)
        network.pause('m2', 1e9)
        expect(knownAfterMs(network, 'm2', 120_000)).toBeLessThanOrEqual(45_000)
      }),
      { numRuns: 40 },
    )
  })
})
