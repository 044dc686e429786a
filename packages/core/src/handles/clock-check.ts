/**
 * Clock check: refuses to sign a date while the clock of this machine is known to be wrong. Other members would reject the fact
 * until their clocks show its date, or it would end before it begins. peer-clocks.ts reports a wrong clock in the health.
 */
import { NotAllowedError } from '../api/errors.ts'
import { median } from '../base/arrays.ts'
import type { Engine } from '../runtime/engine.ts'
import { isClockSet, maxAheadMs } from '../wire/checks.ts'

type CheckedEngine = Pick<Engine, 'host' | 'machine'>

/** @throws {NotAllowedError} the clock shows a time before hearsay existed */
export function checkClockIsSet(call: string, { host }: CheckedEngine): void {
  if (isClockSet(host.clock.now().epochMs)) return
  throw new NotAllowedError(`${call}: the clock of this machine was never set. ${setIt}`)
}

/** @throws {NotAllowedError} the median of the connected members' clocks differs by more than a day */
export function checkClockAgrees(call: string, { host, machine }: CheckedEngine): void {
  const { transport } = host
  const aheadMs = machine.overlay.connected().map(id => transport.clockAheadMs?.(id) ?? 0)
  const medianMs = median(aheadMs) ?? 0
  if (Math.abs(medianMs) <= maxAheadMs) return
  throw new NotAllowedError(
    `${call}: the clock of this machine is more than a day ${medianMs > 0 ? 'behind' : 'ahead of'} those of the connected members. ${setIt}`,
  )
}

const setIt = 'Set it, for instance with NTP, and try again'
