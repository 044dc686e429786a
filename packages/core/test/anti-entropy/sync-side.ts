/** One end of a sync: a table and the heartbeat sync with the other end. */
import { ArrivalLog } from '../../src/anti-entropy/arrival-log.ts'
import { HeartbeatSync } from '../../src/anti-entropy/heartbeat-sync.ts'
import { type AnswerOptions, answer, heartbeatsIn, offer } from '../../src/anti-entropy/sync-steps.ts'
import { Table } from '../../src/table/table.ts'
import { decodeSync, encodeSync, type SyncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'

const nowMs = 1_700_000_000_000

export class SyncSide {
  readonly table = new Table({ maxMembers: 20_000, maxTombstones: 64 })
  readonly #log: ArrivalLog
  #heartbeats: HeartbeatSync

  constructor(facts: readonly SignedFact[], maxArrivals = 4_096) {
    this.#log = new ArrivalLog(maxArrivals)
    this.#heartbeats = new HeartbeatSync('other', this.table, this.#log)
    this.merge(facts, undefined)
  }

  merge(facts: readonly SignedFact[], from: string | undefined): void {
    for (const fact of facts)
      if (this.table.merge(fact, nowMs) === 'merged' && fact.type === 'heartbeat')
        this.#log.arrived(fact.author, from)
  }

  offer(): SyncMessage {
    return offer(this.table, this.#heartbeats)
  }

  /** Merges the facts of a received step and answers it. */
  receive(message: SyncMessage, options: Omit<AnswerOptions, 'epochMs'>): SyncMessage | undefined {
    this.merge([...message.facts, ...heartbeatsIn(this.table, message)], 'other')
    return answer(this.table, this.#heartbeats, message, { ...options, epochMs: nowMs })
  }

  /** Replaces the connection by a new one. */
  reconnect(): void {
    this.#heartbeats = new HeartbeatSync('other', this.table, this.#log)
  }
}

/** The message after encoding and decoding. */
export function overTheWire(message: SyncMessage): { message: SyncMessage; bytes: number } {
  const bytes = encodeSync(message)
  const decoded = decodeSync(bytes)
  if (!decoded.ok || !decoded.value) throw new Error('an encoded message could not be decoded')
  return { message: decoded.value, bytes: bytes.length }
}

export interface SyncConditions {
  readonly maxDeltaBytes: number
  readonly startAt: () => number
  /** Whether this step is lost; the sync ends with the first lost step. @default none */
  readonly isLost?: (step: number) => boolean
}

/** Runs one sync until neither end sends another step. @returns the bytes of each step */
export function runSync(a: SyncSide, b: SyncSide, conditions: SyncConditions): number[] {
  const { maxDeltaBytes, startAt, isLost = () => false } = conditions
  const sizes: number[] = []
  let [sender, receiver] = [a, b]
  let next: SyncMessage | undefined = sender.offer()
  while (next && !isLost(sizes.length)) {
    const { message, bytes } = overTheWire(next)
    sizes.push(bytes)
    next = receiver.receive(message, { maxDeltaBytes, startAt: startAt() })
    ;[sender, receiver] = [receiver, sender]
    if (sizes.length > 100) throw new Error('the sync did not end after 100 steps')
  }
  return sizes
}

export function sequencesOf({ table }: SyncSide): (number | undefined)[] {
  return table.advertised().map(({ heartbeat }) => heartbeat?.sequence)
}

/** Whether the tables are equal, heartbeats included. */
export function isEqual(a: SyncSide, b: SyncSide): boolean {
  return (
    Buffer.compare(a.table.hash(), b.table.hash()) === 0 && sequencesOf(a).join() === sequencesOf(b).join()
  )
}
