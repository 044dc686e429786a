/**
 * Persist once: stores each new incarnation before the member publishes facts in it.
 *
 * A store that fails or is slow does not silence the member, because a suspected member has to refute.
 */
import type { Clock } from '../base/clock.ts'

/** Our choice: well below the shortest time in which a silent member is declared dead. */
const maxWaitMs = 250

type Persist = (incarnation: number) => void | Promise<void>

/** @returns a function that stores an incarnation once; its promise resolves within 250 ms and never rejects */
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
    // `health` and the event `storage` report a failing store to the app.
    stored.then(settle, settle)
  })
}
