/** Detector target: random inputs of the failure detector, also such that no honest host or member sends. */
import fc from 'fast-check'
import {
  type ConnectionEvent,
  createDetector,
  type DetectorEffect,
  type DetectorInput,
  type ProbeMessage,
  profiles,
} from '../../packages/failure-detector/src/index.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { type Hosted, historyTarget } from './history.ts'
import type { Target } from './target.ts'

const self = 'self'
const ids = [self, ...Array.from({ length: 7 }, (_, i) => `m${i}`)]
/** Our choice: one call sends at most a few messages about each member. */
const maxEffectsPerCall = 16 * ids.length

const id = fc.constantFrom(...ids)
const incarnation = fc.nat(4)
const seq = fc.oneof(fc.nat(20), fc.maxSafeNat())
export const connectionEvent: fc.Arbitrary<ConnectionEvent> = fc.constantFrom(
  'open',
  'closed',
  'released',
  'refused',
  'unreachable',
  'network-down',
)
/** @param id the ids of members that a message names */
export const probeOf = (id: fc.Arbitrary<string>): fc.Arbitrary<ProbeMessage> =>
  fc.oneof(
    fc.record({ type: fc.constant('ping' as const), seq }),
    fc.record({ type: fc.constant('ping' as const), seq, suspected: incarnation }),
    fc.record({ type: fc.constantFrom('ack' as const, 'nack' as const), seq }),
    fc.record({ type: fc.constant('ping-request' as const), seq, subject: id }),
  )

const input: fc.Arbitrary<DetectorInput> = fc.oneof(
  fc.record({ type: fc.constant('member' as const), id, incarnation }),
  fc.record({
    type: fc.constant('member' as const),
    id,
    incarnation,
    attention: fc.record({
      state: fc.constantFrom('hidden' as const, 'frozen' as const, 'asleep' as const),
      leaseMs: fc.nat(3_600_000),
    }),
  }),
  fc.record({ type: fc.constant('left' as const), id, incarnation }),
  fc.record({ type: fc.constant('forget' as const), id }),
  fc.record({
    type: fc.constant('subjects' as const),
    subjects: fc.array(fc.record({ id, monitors: fc.array(id, { maxLength: 4 }) }), { maxLength: 8 }),
  }),
  fc.record({
    type: fc.constant('suspicion' as const),
    subject: id,
    incarnation,
    observer: id,
    refused: fc.boolean(),
  }),
  fc.record({ type: fc.constant('evidence' as const), id }),
  fc.record({ type: fc.constant('message' as const), from: id, message: probeOf(id) }),
  fc.record({ type: fc.constant('connection' as const), id, state: connectionEvent }),
  fc.record({ type: fc.constant('heartbeat' as const), id, incarnation, sequence: fc.maxSafeNat() }),
  fc.record({ type: fc.constant('timers' as const), areLate: fc.boolean() }),
  fc.record({ type: fc.constant('suspended' as const), ms: fc.integer({ min: 1, max: 86_400_000 }) }),
)

class HostedDetector implements Hosted<DetectorInput> {
  readonly effects: DetectorEffect[] = []
  readonly #detector

  constructor(seed: number) {
    this.#detector = createDetector({ self, random: mulberry32(seed) })
    this.handle({ type: 'heartbeat-interval', ms: 5_000 }, 0)
    for (const id of ids) this.handle({ type: 'member', id, incarnation: 1 }, 0)
    const subjects = ids.slice(1, 5).map(id => ({ id, monitors: ids.slice(1, 4) }))
    this.handle({ type: 'subjects', subjects }, 0)
  }

  handle(input: DetectorInput, nowMs: number): void {
    this.#take(this.#detector.handle(input, nowMs), nowMs)
  }

  advance(nowMs: number): void {
    this.#take(this.#detector.advance(nowMs), nowMs)
  }

  deadlineMs(): number {
    return this.#detector.deadlineMs()
  }

  #take(effects: readonly DetectorEffect[], nowMs: number): void {
    this.effects.push(...effects)
    if (effects.length > maxEffectsPerCall) throw new Error(`${effects.length} effects of one call`)
    const health = this.#detector.localHealth()
    if (!(health >= 0 && health <= profiles.lan.maxLocalHealth)) throw new Error(`local health ${health}`)
    for (const id of ids) {
      const phi = this.#detector.phi(id, nowMs)
      if (phi !== undefined && !(phi >= 0)) throw new Error(`phi ${phi}`)
      if (id === self && this.#detector.status(id)) throw new Error('the detector judges itself')
    }
    for (const id of this.#detector.subjects()) {
      const status = this.#detector.status(id)?.type
      if (status !== 'alive' && status !== 'suspect') throw new Error(`a subject is ${status}`)
    }
  }
}

export const detectorTarget: Target = historyTarget('detector', input, seed => new HostedDetector(seed))
