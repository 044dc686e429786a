/**
 * Connection handler: updates the overlay, the syncs and the detector when a connection of this member opens or closes, or
 * when a dial fails.
 */
import type { ConnectionEvent } from '@hearsay/failure-detector'
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Table } from '../table/table.ts'
import { syncMessage } from '../wire/codec.ts'
import type { DetectorBridge } from './detector-bridge.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { FactHandler } from './fact-handler.ts'
import type { RoundTrips } from './round-trips.ts'
import type { Standing } from './standing.ts'

export interface ConnectionHandlerOptions {
  readonly self: string
  readonly table: Table
  readonly overlay: Overlay
  readonly antiEntropy: AntiEntropy
  readonly roundTrips: RoundTrips
  readonly detectorBridge: DetectorBridge
  readonly effectQueue: EffectQueue
  readonly factHandler: FactHandler
  readonly standing: Standing
}

export class ConnectionHandler {
  readonly #options: ConnectionHandlerOptions

  constructor(options: ConnectionHandlerOptions) {
    this.#options = options
  }

  /** @param isOurs with `open`: whether this end may close the connection when it is not needed any more. */
  handle(id: string, state: ConnectionEvent, isOurs: boolean, now: Instant): void {
    const { self, overlay, antiEntropy, roundTrips, detectorBridge, effectQueue, factHandler, standing } =
      this.#options
    switch (state) {
      case 'open':
        overlay.opened(id, isOurs)
        factHandler.connected(id, now)
        detectorBridge.handle({ type: 'connection', id, state }, now)
        // Only one of the two ends starts a sync.
        if (self < id) effectQueue.sendSyncSteps([antiEntropy.offer(id, now.monotonicMs)])
        if (overlay.isReconnecting(now.monotonicMs)) this.#sendRecord(id)
        break
      case 'closed':
      case 'released':
        antiEntropy.closed(id)
        roundTrips.closed(id)
        standing.closed(id)
        // If one of the two members released the connection, the close is expected. Otherwise the detector probes the
        // member.
        detectorBridge.handle({ type: 'connection', id, state: overlay.closed(id) ? 'released' : state }, now)
        break
      case 'refused':
      case 'unreachable':
      case 'network-down':
        if (!overlay.dialFailed(id, now.monotonicMs)) {
          // The dial shows nothing about the member. The overlay repeats only dials of its own plan, so repeat this
          // dial here.
          effectQueue.push(overlay.dial(id, now.monotonicMs))
          break
        }
        if (state !== 'network-down') standing.dialFailed(id, now.monotonicMs)
        detectorBridge.handle({ type: 'connection', id, state }, now)
        break
    }
  }

  /**
   * After a change of the network the record may have been published while no member was connected. The peer may have
   * noticed neither the end of the old connection nor the beginning of this one, and then starts no sync.
   */
  #sendRecord(to: string): void {
    const { self, table, effectQueue } = this.#options
    const fact = table.get(self)?.record
    if (fact) effectQueue.sendSyncSteps([{ to, message: syncMessage({ facts: [fact] }) }])
  }
}
