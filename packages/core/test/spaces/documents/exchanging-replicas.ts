/** Exchanging replicas: documents of several members, and a link between them in virtual time, with optional loss. */
import * as Y from 'yjs'
import { ChunkedTransfers } from '../../../src/spaces/documents/chunked-transfers.ts'
import { ClientRates } from '../../../src/spaces/documents/client-rates.ts'
import { offerDocument } from '../../../src/spaces/documents/document-exchange.ts'
import { DocumentSync } from '../../../src/spaces/documents/document-sync.ts'
import { answerInEpoch } from '../../../src/spaces/documents/epochs/epoch-exchange.ts'
import { requestDocument } from '../../../src/spaces/documents/sync-requests.ts'
import type { DocumentStep } from '../../../src/wire/document-step.ts'
import * as limits from '../../../src/wire/limits.ts'
import { decodeSpaceFrame, encodeSpaceFrame } from '../../../src/wire/space-codec.ts'

const space = 'ab'.repeat(12)

export class Replica {
  readonly id: string
  readonly doc = new Y.Doc()
  readonly transfers = new ChunkedTransfers({ maxBytes: limits.maxUpdateBytes })
  readonly clientRates = new ClientRates()
  readonly sync: DocumentSync
  readonly collisions: string[] = []
  rejected = 0
  limited = 0

  constructor(
    id: string,
    makeSync = (options: ConstructorParameters<typeof DocumentSync>[0]) => new DocumentSync(options),
  ) {
    this.id = id
    this.sync = makeSync({
      name: 'notes',
      doc: this.doc,
      origin: 'remote',
      reportCollision: memberId => this.collisions.push(memberId),
    })
  }

  get isSynced(): boolean {
    return this.sync.state.isSynced
  }
}

interface UnderWay {
  readonly atMs: number
  readonly from: Replica
  readonly to: Replica
  readonly bytes: Uint8Array
}

export interface LinkOptions {
  readonly random: () => number
  /** Rate of lost frames, from 0 to 1. @default 0 */
  readonly loss?: number
  /** Maximum delay of a frame, in milliseconds. @default 20 */
  readonly maxDelayMs?: number
  /** Called after each step that arrived. */
  readonly arrived?: (from: Replica, to: Replica, step: DocumentStep) => void
}

export class ReplicaLink {
  nowMs = 0
  /** Steps so far, and their bytes on the wire. */
  steps = 0
  bytes = 0
  longestStateVector = 0
  readonly #options: LinkOptions
  readonly #underWay: UnderWay[] = []
  readonly #lastArrivalMs = new Map<string, number>()

  constructor(options: LinkOptions) {
    this.#options = options
  }

  offer(from: Replica, to: Replica): void {
    this.send(from, to, [offerDocument(from.sync, to.id)])
  }

  request(from: Replica, to: Replica): void {
    const { isSynced } = to
    const request = requestDocument(from.sync, { from: to.id, digest: undefined, isSynced }, this.nowMs)
    this.send(from, to, [{ ...offerDocument(from.sync, to.id), ...request }])
  }

  /** Frames arrive in the order in which they are sent, as over one connection. */
  send(from: Replica, to: Replica, steps: readonly DocumentStep[]): void {
    const { random, loss = 0, maxDelayMs = 20 } = this.#options
    for (const step of steps) {
      const bytes = encodeSpaceFrame([{ space, documents: [step] }])
      this.steps += 1
      this.bytes += bytes.length
      this.longestStateVector = Math.max(this.longestStateVector, step.stateVector?.length ?? 0)
      if (random() < loss) continue
      const way = `${from.id} ${to.id}`
      const atMs = Math.max(this.nowMs + random() * maxDelayMs, this.#lastArrivalMs.get(way) ?? 0)
      this.#lastArrivalMs.set(way, atMs)
      this.#underWay.push({ atMs, from, to, bytes })
    }
  }

  /** Runs until nothing is in transit, or `untilMs` is reached. @throws after `maxSteps`: the replicas never end */
  run({ untilMs = Number.POSITIVE_INFINITY, maxSteps = 200_000 } = {}): void {
    for (let count = 0; ; count++) {
      if (count > maxSteps) throw new Error(`still exchanging after ${maxSteps} steps`)
      this.#underWay.sort((a, b) => a.atMs - b.atMs)
      const [next] = this.#underWay
      if (!next || next.atMs > untilMs) break
      this.#underWay.shift()
      this.nowMs = next.atMs
      this.#deliver(next)
    }
    if (untilMs < Number.POSITIVE_INFINITY) this.nowMs = Math.max(this.nowMs, untilMs)
  }

  #deliver({ from, to, bytes }: UnderWay): void {
    const decoded = decodeSpaceFrame(bytes)
    if (!decoded.ok) throw new Error(`undecodable: ${decoded.failure.detail}`)
    const { nowMs } = this
    for (const step of decoded.value.flatMap(({ documents = [] }) => documents)) {
      const { sync, transfers, clientRates } = to
      const answer = answerInEpoch({ sync, transfers, clientRates, nowMs }, from.id, step)
      to.rejected += answer.rejected
      to.limited += answer.limited
      this.send(to, from, answer.steps)
      this.#options.arrived?.(from, to, step)
    }
  }
}

export const stateOf = (doc: Y.Doc): string =>
  Buffer.from(Y.encodeSnapshot(Y.snapshot(doc))).toString('base64')
