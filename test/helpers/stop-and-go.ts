/**
 * Stop and go (scenario 11): four of 32 members pause repeatedly. The simulated network of the failure detector
 * and the simulator of whole clusters run the same schedule.
 */

/** The members that pause, of 32. */
export const stopping: readonly string[] = ['m3', 'm9', 'm17', 'm25']

/** Each member begins its pauses this long after the one before. */
const staggerMs = 900

export interface PausingHost {
  readonly nowMs: number
  pause(member: string, forMs: number): void
  after(ms: number, action: () => void): void
}

export interface Pauses {
  /** How long each pause lasts. */
  readonly stopMs: number
  /** The interval between the starts of two pauses of a member. */
  readonly everyMs: number
  /** No pause begins after this time. @default Infinity */
  readonly untilMs?: number
}

export function schedulePauses(host: PausingHost, { stopMs, everyMs, untilMs = Infinity }: Pauses): void {
  const stop = (member: string): void => {
    if (host.nowMs > untilMs) return
    host.pause(member, stopMs)
    host.after(everyMs, () => stop(member))
  }
  for (const [i, member] of stopping.entries()) host.after(i * staggerMs, () => stop(member))
}
