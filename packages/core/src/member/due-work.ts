/**
 * Due work: what a member does at certain times, and when it must do the next part of this work.
 *
 * `runDueWork` and `nextDueMs` list the same parts. A part that is missing in `nextDueMs` runs late. A part that is missing
 * in `runDueWork` makes the driver call in a loop. A member that is leaving only publishes its last facts.
 */
import type { Instant } from '../base/clock.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { syncMessage } from '../wire/codec.ts'
import type { MemberParts } from './member-parts.ts'

type DueParts = Pick<
  MemberParts,
  | 'localRecord'
  | 'identity'
  | 'detector'
  | 'detectorBridge'
  | 'rumors'
  | 'antiEntropy'
  | 'announcer'
  | 'heartbeatArrivals'
  | 'memberEvents'
  | 'damping'
  | 'overlay'
  | 'effectQueue'
  | 'standing'
  | 'rates'
  | 'factHandler'
  | 'policy'
  | 'expulsions'
>

/** Runs everything that is due now. */
export function runDueWork(parts: DueParts, now: Instant): void {
  const { localRecord, identity, antiEntropy, announcer, memberEvents, detectorBridge } = parts
  const { standing, factHandler, expulsions } = parts
  const nowMs = now.monotonicMs
  if (expulsions?.ownEnd(now)) return
  detectorBridge.advance(now)
  if (localRecord.leaving) return
  identity.advance(now)
  if (!isPlausibleTimestamp(localRecord.incarnation, now.epochMs)) detectorBridge.restart(now)
  if (nowMs >= standing.reviewDueMs) factHandler.review(now)
  if (nowMs >= antiEntropy.dueMs) detectorBridge.startSync(1, now)
  if (nowMs >= announcer.heartbeatDueMs) detectorBridge.sendHeartbeat(now)
  if (nowMs >= memberEvents.sweepDueMs) sweep(parts, now)
  runOverlay(parts, nowMs)
}

/** When the next work is due, in monotonic milliseconds. */
export function nextDueMs(parts: DueParts, now: Instant): number {
  const { localRecord, detector, rumors, antiEntropy, announcer, memberEvents } = parts
  const { identity, damping, overlay, standing, expulsions } = parts
  if (localRecord.leaving || expulsions?.ownEnd(now)) return rumors.deadlineMs()
  return Math.min(
    expulsions?.dueMs(now) ?? Number.POSITIVE_INFINITY,
    detector.deadlineMs(),
    rumors.deadlineMs(),
    antiEntropy.dueMs,
    announcer.heartbeatDueMs,
    memberEvents.sweepDueMs,
    identity.nextMs(),
    damping.nextMs(),
    overlay.deadlineMs(),
    standing.reviewDueMs,
  )
}

/** Members were removed from the table: removes them from the other parts. */
export function forgetMembers(
  { heartbeatArrivals, detectorBridge }: Pick<DueParts, 'heartbeatArrivals' | 'detectorBridge'>,
  ids: readonly string[],
  now: Instant,
): void {
  for (const id of ids) {
    heartbeatArrivals.forget(id)
    detectorBridge.handle({ type: 'forget', id }, now)
  }
}

function sweep(parts: DueParts, now: Instant): void {
  const { rates, effectQueue, policy, expulsions, memberEvents } = parts
  rates.sweep(now.monotonicMs)
  // A peer whose grants expire may be connected without ever having sent a record.
  if (expulsions) effectQueue.push({ type: 'review-connections' })
  const ended = policy.sweep(now.epochMs)
  if (ended.length > 0) {
    effectQueue.push({ type: 'policy-ended', facts: ended })
    expulsions?.revocationsChanged()
  }
  forgetMembers(parts, memberEvents.sweep(now), now)
}

function runOverlay({ overlay, effectQueue }: DueParts, nowMs: number): void {
  for (const action of overlay.advance(nowMs)) {
    if (action.type === 'disconnect')
      effectQueue.sendSyncSteps([{ to: action.id, message: syncMessage({ releasing: true }) }])
    effectQueue.push(action.type === 'dial' ? overlay.dial(action.id, nowMs) : action)
  }
}
