/**
 * Heartbeat store: the newest heartbeat of each member, at most 1 s old, because phi grows with time. Round trips are
 * measured only while the store has a listener.
 */
import type { Heartbeat } from '../api/cluster.ts'
import type { Instant } from '../base/clock.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { Engine } from '../runtime/engine.ts'
import { PeriodicStore, refreshIntervalMs } from './periodic-store.ts'

export type Heartbeats = ReadonlyMap<string, Heartbeat>

/** @param engine the present engine; undefined before the member starts */
export function createHeartbeatStore(
  notifications: AppNotifications,
  engine: () => Engine | undefined,
): PeriodicStore<Heartbeats> {
  return new PeriodicStore<Heartbeats>({
    notifications,
    initial: new Map(),
    compute: last => heartbeatsOf(engine()?.machine, notifications.clock.now()) ?? last,
    maxAgeMs: refreshIntervalMs,
    beforeRefresh: () => engine()?.driver.handle({ type: 'measure-round-trips' }),
  })
}

function heartbeatsOf(machine: MembershipMachine | undefined, now: Instant): Heartbeats | undefined {
  if (!machine) return undefined
  const heartbeats = new Map<string, Heartbeat>()
  for (const { id, heartbeat } of machine.table.rows()) {
    const receivedAtMs = machine.lastHeartbeatEpochMs(id, now)
    if (!heartbeat || receivedAtMs === undefined) continue
    heartbeats.set(id, {
      incarnation: heartbeat.incarnation,
      sequence: heartbeat.sequence,
      receivedAtMs,
      phi: machine.detector.phi(id, now.monotonicMs) ?? 0,
      connected: machine.overlay.isConnected(id),
      roundTripMs: machine.roundTripMs(id),
    })
  }
  return heartbeats
}
