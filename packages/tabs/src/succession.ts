/**
 * Succession: leads when it is this tab's turn.
 *
 * One tab at a time is next in line: the tab that holds the successor's lock and waits for the leader's lock. This tab watches
 * the leader, and takes the lock from a leader that does not answer. Only one tab does that, so tabs do not take the lock from
 * each other in turn.
 */
import type { ControlChannel } from './control-channel.ts'
import { leaderLock, successorLock } from './locks.ts'

/** How often the leader is asked. */
const pingMs = 3_000
/** Our choice: a leader that does not answer for 9 s hangs. A page that is only busy answers within a second. */
const maxUnanswered = 3

interface SuccessionOptions {
  /** The name that the tabs share. */
  readonly name: string
  readonly control: ControlChannel
  /** This tab leads until the promise settles. @param lost aborted when another tab has taken the lock */
  readonly lead: (lost: AbortSignal) => Promise<void>
  /** This tab is next in line. */
  readonly next: () => void
}

/** Waits in line. Resolves when this tab leads, or when the signal ends the wait. */
export async function succeed(options: SuccessionOptions, signal: AbortSignal): Promise<void> {
  try {
    await navigator.locks.request(
      successorLock(options.name),
      { signal },
      () => new Promise<void>((resolve, reject) => waitToLead(options, signal, resolve).catch(reject)),
    )
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** @param ended called when this tab leads or the signal ends the wait: then another tab may be next in line */
async function waitToLead(options: SuccessionOptions, signal: AbortSignal, ended: () => void): Promise<void> {
  const waiting = new AbortController()
  const stopWatch = watchLeader(options.control, () => waiting.abort())
  // The request for the lock ends later, when the channel may be closed already.
  signal.addEventListener('abort', stopWatch)
  const begun = () => {
    stopWatch()
    ended()
  }
  options.next()
  await leadWith({ signal: AbortSignal.any([signal, waiting.signal]) }, options, begun)
  if (waiting.signal.aborted && !signal.aborted) await leadWith({ steal: true }, options, begun)
  begun()
}

/** Requests the lock and leads. Resolves when the leadership has ended, or the request was aborted. */
async function leadWith(
  lockOptions: LockOptions,
  options: SuccessionOptions,
  begun: () => void,
): Promise<void> {
  const { name, control, lead } = options
  const lost = new AbortController()
  try {
    await navigator.locks.request(leaderLock(name), lockOptions, async () => {
      begun()
      const unlisten = control.listen(({ type }) => {
        if (type === 'ping') control.send({ type: 'pong' })
      })
      await lead(lost.signal).finally(unlisten)
    })
  } catch (error) {
    // The request was aborted, or another tab has taken the lock.
    lost.abort(error)
  }
}

/** @param hangs called if the leader does not answer. @returns a function that ends the watch */
function watchLeader(control: ControlChannel, hangs: () => void): () => void {
  let unanswered = 0
  const unlisten = control.listen(({ type }) => {
    if (type === 'pong') unanswered = 0
  })
  const timer = setInterval(() => {
    if (unanswered === maxUnanswered) hangs()
    unanswered += 1
    control.send({ type: 'ping' })
  }, pingMs)
  return () => {
    clearInterval(timer)
    unlisten()
  }
}
