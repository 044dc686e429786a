/**
 * Detection meter: how fast and how well this member detects failures. The meter observes the inputs and effects of the
 * membership machine, and changes nothing.
 */

import { setNewest } from '../../base/oldest-first.ts'
import type { MachineEffect, MachineInput } from '../../member/machine-io.ts'
import type { MemberEvent } from '../../member/member-view.ts'
import type { DriverObserver } from '../../runtime/ports.ts'
import type { Draft } from '../../wire/fact.ts'

type Events = Record<MemberEvent['type'], number>
type DialOutcome = 'connected' | 'refused' | 'unreachable' | 'network-down'

export interface DetectionMeterOptions {
  /** Monotonic ms. */
  readonly nowMs: () => number
  readonly observe: (
    name: 'hearsay_probe_round_trip_seconds' | 'hearsay_detection_seconds',
    seconds: number,
  ) => void
}

/** Our choice: a probe whose answer is later than 128 further probes counts as unanswered. */
const maxPendingProbes = 128
/** Our choice: more than the number of connected members. */
const maxPeers = 4_096
/**
 * A process that restarts takes an incarnation that is greater by the milliseconds since its start; a refutation adds 1.
 * Our choice: no process is declared dead within 100 ms of its start, nor refutes 100 suspicions at once.
 */
const maxRefutingSteps = 100

export class DetectionMeter implements DriverObserver {
  readonly events: Events = { join: 0, update: 0, suspect: 0, recover: 0, fail: 0, leave: 0 }
  readonly dials: Record<DialOutcome, number> = {
    connected: 0,
    refused: 0,
    unreachable: 0,
    'network-down': 0,
  }
  probesSent = 0
  suspicionsRaised = 0
  falseDeaths = 0
  refutations = 0
  readonly #options: DetectionMeterOptions
  /** The incarnation of this member's last record. */
  #incarnation: number | undefined
  /** Peer and sequence number of a direct probe → when it was sent. */
  readonly #probes = new Map<string, number>()
  /** Peer → its last message, or the end of its connection. */
  readonly #seenMs = new Map<string, number>()
  /** Members that were declared dead → the incarnation. */
  readonly #dead = new Map<string, number>()

  constructor(options: DetectionMeterOptions) {
    this.#options = options
  }

  /** A message of a connected peer arrived. */
  received(from: string): void {
    setNewest(this.#seenMs, from, this.#options.nowMs(), maxPeers)
  }

  input(input: MachineInput): void {
    switch (input.type) {
      case 'probe':
        if (input.message.type === 'ack') this.#answered(`${input.from}/${input.message.seq}`)
        break
      case 'connection':
        this.#connection(input)
        break
    }
  }

  effect(effect: MachineEffect): void {
    switch (effect.type) {
      case 'send-probe':
        if (effect.message.type !== 'ping') break
        this.probesSent += 1
        setNewest(this.#probes, `${effect.to}/${effect.message.seq}`, this.#options.nowMs(), maxPendingProbes)
        break
      case 'sign':
        this.#sign(effect.draft)
        break
      case 'event':
        this.#event(effect.event)
        break
    }
  }

  #sign(draft: Draft): void {
    if (draft.type === 'suspicion') this.suspicionsRaised += 1
    if (draft.type !== 'record') return
    const { incarnation } = draft.record
    const before = this.#incarnation ?? incarnation
    this.#incarnation = incarnation
    if (incarnation > before && incarnation - before <= maxRefutingSteps) this.refutations += 1
  }

  #answered(probe: string): void {
    const sentMs = this.#probes.get(probe)
    if (sentMs === undefined) return
    this.#probes.delete(probe)
    this.#options.observe('hearsay_probe_round_trip_seconds', (this.#options.nowMs() - sentMs) / 1000)
  }

  #connection({ id, state, isOurs }: Extract<MachineInput, { type: 'connection' }>): void {
    if (state === 'open') {
      if (isOurs) this.dials.connected += 1
      this.received(id)
    } else if (state === 'closed' || state === 'released') {
      if (this.#seenMs.has(id)) this.received(id)
    } else this.dials[state] += 1
  }

  #event({ type, member: { id, incarnation } }: MemberEvent): void {
    this.events[type] += 1
    if (type === 'fail') {
      const seenMs = this.#seenMs.get(id)
      if (seenMs !== undefined)
        this.#options.observe('hearsay_detection_seconds', (this.#options.nowMs() - seenMs) / 1000)
      setNewest(this.#dead, id, incarnation, maxPeers)
    } else if (type === 'join') {
      const before = this.#dead.get(id)
      if (before !== undefined && incarnation - before <= maxRefutingSteps) this.falseDeaths += 1
    }
    if (type !== 'fail') this.#dead.delete(id)
    if (type === 'fail' || type === 'leave') this.#seenMs.delete(id)
  }
}
