/**
 * Cluster leave: the order in which a member leaves its cluster, and how long it waits for each step.
 *
 * Pending changes are sent first, then the leave is announced, and the driver stops last. Each wait is bounded, so a leave
 * always ends.
 */
import type { LeaveOptions } from '../api/cluster.ts'
import type { Clock } from '../base/clock.ts'
import type { Driver } from '../runtime/driver.ts'
import type { Engine } from '../runtime/engine.ts'
import type { SpaceRegistry } from './space-registry.ts'

/** Longest wait until all connected members have acknowledged the leave. */
const leaveTimeoutMs = 1_000
/** After the announcement of the leave, this member accepts dials for this long, while connected members forward it. */
const flushMs = 200
/** Longest wait for recent changes that are too long for a rumor. */
const maxUnsentMs = 5_000

export class ClusterLeave {
  readonly #clock: Clock
  #onAcknowledged: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** All connected members have acknowledged the leave. */
  acknowledged(): void {
    this.#onAcknowledged()
  }

  /** @param spaces the rooms and configs of the member. Undefined: it has none */
  async run(
    { driver, machine }: Engine,
    spaces: SpaceRegistry | undefined,
    { returnsWithinMs }: LeaveOptions = {},
  ): Promise<void> {
    if (driver.isRunning) {
      spaces?.flush()
      if (returnsWithinMs === undefined) await this.#announce(driver)
      else announceSleep(driver, returnsWithinMs)
      await this.#wait(machine.overlay.connected().length > 0 ? flushMs : 0)
      for (let waitedMs = 0; spaces?.hasUnsent && waitedMs < maxUnsentMs; waitedMs += flushMs)
        await this.#wait(flushMs)
    }
    await spaces?.close()
    driver.stop()
  }

  #announce(driver: Driver): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#clock.setTimer(this.#clock.now().monotonicMs + leaveTimeoutMs, resolve)
      this.#onAcknowledged = () => {
        cancel()
        resolve()
      }
      driver.handle({ type: 'leave' })
    })
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => this.#clock.setTimer(this.#clock.now().monotonicMs + ms, resolve))
  }
}

/** The member is asleep, and intends to return within the lease. */
export function announceSleep(driver: Driver, leaseMs: number): void {
  driver.handle({ type: 'local-change', change: { attention: { state: 'asleep', leaseMs } } })
}
