/**
 * Persist once: stores an incarnation when it changes, before the member speaks in it.
 *
 * A store that fails or takes its time does not keep the member silent: a suspected member has to answer.
 */
import type { Clock } from '../base/clock.ts'

/** Our choice: well below the shortest time in which a silent member is declared dead. */
const maxWaitMs = 250

type Persist = (incarnation: number) => void | Promise<void>

/** @returns what takes each incarnation that is spoken of; its promise never rejects, and resolves within 250 ms. */
export function persistOnce(clock: Clock, persist: Persist): Persist {
  let last: number | undefined
  let pending: Promise<void> | undefined
  return incarnation => {
    if (incarnation === last) return pending
    last = incarnation
    const stored = persist(incarnation)
    if (!stored) return undefined
    const waiting = withTimeout(clock, stored).then(() => {
      if (pending === waiting) pending = undefined
    })
    pending = waiting
    return pending
  }
}

function withTimeout(clock: Clock, stored: Promise<void>): Promise<void> {
  return new Promise(resolve => {
    const cancel = clock.setTimer(clock.now().monotonicMs + maxWaitMs, resolve)
    const settle = () => {
      cancel()
      resolve()
    }
    // The app hears of a store that fails by `health` and the event `storage`.
    stored.then(settle, settle)
  })
}
