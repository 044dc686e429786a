/** Power: the device goes to sleep, wakes up and shuts down, as Electron's `powerMonitor` announces it. */
import type { Cluster } from '@hearsay/core'
import type { PowerEvent, PowerMonitor, PreventableEvent } from './electron.ts'

/** Announces sleep and return. @param shutDown called when the system shuts down @returns a function that ends this */
export function followPower(
  powerMonitor: PowerMonitor,
  cluster: Pick<Cluster, 'suspend' | 'resume'>,
  shutDown: (event: PreventableEvent | undefined) => void,
): () => void {
  return followAll(powerMonitor, {
    suspend: () => cluster.suspend(),
    resume: () => cluster.resume(),
    shutdown: shutDown,
  })
}

/** Our choice: a status that is late by up to 10 s is good enough. */
const idleCheckMs = 10_000

/**
 * Publishes in the tag `away` that nobody uses the device: `locked` or `idle`. Other tags stay.
 *
 * @param afterMs the time without input after which the device is idle
 * @returns a function that ends this
 */
export function followUser(powerMonitor: PowerMonitor, cluster: Cluster, afterMs: number): () => void {
  const check = () => {
    const state = powerMonitor.getSystemIdleState(Math.ceil(afterMs / 1_000))
    const { away, ...others } = cluster.self.tags
    const isAway = state === 'idle' || state === 'locked'
    if ((isAway ? state : undefined) !== away)
      cluster.update({ tags: isAway ? { ...others, away: state } : others })
  }
  const unfollow = followAll(powerMonitor, { 'lock-screen': check, 'unlock-screen': check })
  const timer = setInterval(check, idleCheckMs)
  return () => {
    clearInterval(timer)
    unfollow()
  }
}

function followAll(
  powerMonitor: PowerMonitor,
  listeners: Partial<Record<PowerEvent, (event?: PreventableEvent) => void>>,
): () => void {
  const entries = Object.entries(listeners) as [PowerEvent, (event?: PreventableEvent) => void][]
  for (const [event, listener] of entries) powerMonitor.on(event, listener)
  return () => {
    for (const [event, listener] of entries) powerMonitor.off(event, listener)
  }
}
