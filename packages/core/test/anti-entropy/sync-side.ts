/** One end of an exchange: a table, and what it and the other end have told each other of beats. */
import { ArrivalLog } from '../../src/anti-entropy/arrival-log.ts'
import { HeartbeatSync } from '../../src/anti-entropy/heartbeat-sync.ts'
import { answer, type ExchangeOptions, heartbeatsIn, offer } from '../../src/anti-entropy/sync-steps.ts'
import { Table } from '../../src/table/table.ts'
import { decodeSync, encodeSync, type SyncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'

const nowMs = 1_700_000_000_000

export class ExchangeSide {
  readonly table = new Table({ maxMembers: 20_000, maxTombstones: 64 })
  readonly #log: ArrivalLog
  #beats: HeartbeatSync

  constructor(facts: readonly SignedFact[], maxArrivals = 4_096) {
    this.#log = new ArrivalLog(maxArrivals)
    this.#beats = new HeartbeatSync('other', this.table, this.#log)
    this.take(facts, undefined)
  }

  take(facts: readonly SignedFact[], from: string | undefined): void {
    for (const fact of facts)
      if (this.table.merge(fact, nowMs) === 'merged' && fact.type === 'heartbeat')
        this.#log.arrived(fact.author, from)
  }

  offer(): SyncMessage {
    return offer(this.table, this.#beats)
  }

  /** Merges what a step brings and answers it. */
  hear(said: SyncMessage, options: Omit<ExchangeOptions, 'epochMs'>): SyncMessage | undefined {
    this.take([...said.facts, ...heartbeatsIn(this.table, said)], 'other')
    return answer(this.table, this.#beats, said, { ...options, epochMs: nowMs })
  }

  /** The connection is another. */
  reconnect(): void {
    this.#beats = new HeartbeatSync('other', this.table, this.#log)
  }
}

/** As the bytes would arrive. */
export function overTheWire(message: SyncMessage): { message: SyncMessage; bytes: number } {
  const bytes = encodeSync(message)
  const decoded = decodeSync(bytes)
  if (!decoded.ok || decoded.value.type !== 'sync') throw new Error('what was encoded is not decoded')
  return { message: decoded.value, bytes: bytes.length }
}

export interface ExchangeCourse {
  readonly maxDeltaBytes: number
  readonly startAt: () => number
  /** Which of the steps are lost; the exchange ends with the first. @default none */
  readonly isLost?: (step: number) => boolean
}

/** One exchange, until neither has anything more to say: the bytes of each step. */
export function exchange(a: ExchangeSide, b: ExchangeSide, course: ExchangeCourse): number[] {
  const { maxDeltaBytes, startAt, isLost = () => false } = course
  const sizes: number[] = []
  let [speaker, listener] = [a, b]
  let said: SyncMessage | undefined = speaker.offer()
  while (said && !isLost(sizes.length)) {
    const { message, bytes } = overTheWire(said)
    sizes.push(bytes)
    said = listener.hear(message, { maxDeltaBytes, startAt: startAt() })
    ;[speaker, listener] = [listener, speaker]
    if (sizes.length > 100) throw new Error('an exchange without end')
  }
  return sizes
}

export function beatsOf({ table }: ExchangeSide): (number | undefined)[] {
  return table.advertised().map(({ heartbeat }) => heartbeat?.sequence)
}

/** Beats included. */
export function isEqual(a: ExchangeSide, b: ExchangeSide): boolean {
  return Buffer.compare(a.table.hash(), b.table.hash()) === 0 && beatsOf(a).join() === beatsOf(b).join()
}
