/** Member transitions: what follows from each input in each state of a member. Only a greater incarnation makes a member alive again. */
import type { Attention } from './attention.ts'
import type { AttentionLeases } from './attention-leases.ts'
import type { Heartbeats } from './heartbeats.ts'
import type { Member, MemberState } from './member-list.ts'
import type { ProbeScheduler } from './probe-scheduler.ts'
import type { SuspicionTimers } from './suspicion-timers.ts'

interface AliveRecord {
  readonly incarnation: number
  readonly attention?: Attention
  readonly returnsWithinMs?: number
}

/** The inputs about a member, with their values. */
export interface MemberInputs {
  /** The member's signed record with a greater incarnation; of an unknown member, any incarnation. */
  readonly newer: AliveRecord
  /** The member's signed record with the present incarnation. */
  readonly same: AliveRecord
  /** A record or a departure with a smaller incarnation. */
  readonly older: { readonly incarnation: number }
  /** The member's signed departure; its incarnation is not smaller. */
  readonly left: { readonly incarnation: number }
  /** Another member's suspicion of the present incarnation. */
  readonly suspicion: { readonly observer: string; readonly refused: boolean }
  /** A failed probe, a refused dial or an overdue heartbeat at this detector. */
  readonly failed: { readonly refused: boolean }
  /** A byte that arrived directly from the member. */
  readonly evidence: undefined
  /** The suspicion's deadline, when no grace period and no lease defers it. */
  readonly deadline: undefined
  /** The host's request to remove the member. */
  readonly forget: undefined
}

export type MemberInput = keyof MemberInputs

/** The parts of the detector that a transition acts on. */
export interface MemberParts {
  readonly suspicionTimers: SuspicionTimers
  readonly leases: AttentionLeases
  readonly probeScheduler: ProbeScheduler
  readonly heartbeats: Heartbeats
}

type Transition<Input extends MemberInput> = (
  parts: MemberParts,
  member: Member,
  values: MemberInputs[Input],
  nowMs: number,
) => void

type Transitions = { readonly [Input in MemberInput]: Transition<Input> }

/** The input has no effect in this state. */
export const ignore = (): void => {}
/** The detector never applies the input in this state. */
export const impossible = (): void => {}

/** The lease is renewed first: it depends on whether the member was known. */
const takeNewer =
  (effect?: 'recover' | 'return'): Transition<'newer'> =>
  (parts, member, record, nowMs) => {
    parts.leases.renew(member, record, nowMs)
    parts.suspicionTimers.markAlive(member, record.incarnation, effect)
    parts.probeScheduler.drop(member.id)
    // The record is new evidence: the gap since the last heartbeat of an earlier incarnation no longer counts.
    parts.heartbeats.forget(member.id)
  }
const takeRecord = takeNewer()
const recover = takeNewer('recover')
const comeBack = takeNewer('return')

const renewLease: Transition<'same'> = ({ leases, heartbeats }, member, record, nowMs) => {
  // A member that wakes sent no heartbeats while it was asleep.
  if (member.lease.state === 'asleep') heartbeats.forget(member.id)
  leases.renew(member, record, nowMs)
}

/** An unknown member is added as left: its departure may arrive before its record. */
const leave: Transition<'left'> = ({ suspicionTimers, probeScheduler }, member, { incarnation }) => {
  suspicionTimers.leave(member, incarnation)
  probeScheduler.drop(member.id)
}

const endLease: Transition<'suspicion'> = ({ leases }, member) => leases.suspected(member)

const countClaim: Transition<'suspicion'> = (
  { leases, suspicionTimers },
  member,
  { observer, refused },
  nowMs,
) => {
  leases.suspected(member)
  suspicionTimers.addClaim(member, observer, refused, nowMs)
}

const suspect: Transition<'failed'> = ({ suspicionTimers }, member, { refused }, nowMs) =>
  suspicionTimers.suspect(member, refused, nowMs)

const noteReceipt: Transition<'evidence'> = ({ probeScheduler }, member, _, nowMs) =>
  probeScheduler.received(member, nowMs)

const probeSuspect: Transition<'evidence'> = ({ probeScheduler }, member, _, nowMs) => {
  probeScheduler.received(member, nowMs)
  probeScheduler.probeNow(member, nowMs)
}

const notifyDead: Transition<'evidence'> = ({ probeScheduler }, member, _, nowMs) => {
  probeScheduler.received(member, nowMs)
  probeScheduler.notifyDead(member, nowMs)
}

const fail: Transition<'deadline'> = ({ suspicionTimers, probeScheduler }, member, _, nowMs) => {
  suspicionTimers.fail(member, nowMs)
  probeScheduler.drop(member.id)
}

const remove: Transition<'forget'> = ({ suspicionTimers, leases }, member) => {
  leases.forget(member)
  suspicionTimers.forget(member)
}

/**
 * State table of a member: one transition for each state and each input, so that a missing one does not compile.
 *
 * Only a greater incarnation makes a member alive again, and only a suspicion's deadline makes it dead.
 */
export const memberTransitions: Readonly<Record<MemberState['type'], Transitions>> = {
  unknown: {
    newer: takeRecord,
    same: impossible,
    older: impossible,
    left: leave,
    suspicion: impossible,
    failed: ignore,
    evidence: ignore,
    deadline: impossible,
    forget: ignore,
  },
  alive: {
    newer: takeRecord,
    same: renewLease,
    older: ignore,
    left: leave,
    suspicion: countClaim,
    failed: suspect,
    evidence: noteReceipt,
    deadline: impossible,
    forget: remove,
  },
  suspect: {
    newer: recover,
    same: renewLease,
    older: ignore,
    left: leave,
    suspicion: countClaim,
    failed: suspect,
    evidence: probeSuspect,
    deadline: fail,
    forget: remove,
  },
  dead: {
    newer: comeBack,
    same: renewLease,
    older: ignore,
    left: leave,
    suspicion: endLease,
    failed: ignore,
    evidence: notifyDead,
    deadline: impossible,
    forget: remove,
  },
  left: {
    newer: comeBack,
    same: renewLease,
    older: ignore,
    left: leave,
    suspicion: endLease,
    failed: ignore,
    evidence: noteReceipt,
    deadline: impossible,
    forget: remove,
  },
}

/** Which input a record or a departure with this incarnation is. An unknown member has incarnation −1. */
export function compareIncarnation(member: Member, incarnation: number): 'newer' | 'same' | 'older' {
  if (incarnation === member.incarnation) return 'same'
  return incarnation > member.incarnation ? 'newer' : 'older'
}

/** Applies one input to a member. */
export function applyToMember<Input extends MemberInput>(
  parts: MemberParts,
  member: Member,
  input: Input,
  values: MemberInputs[Input],
  nowMs: number,
): void {
  const transitions: Transitions = memberTransitions[member.state.type]
  transitions[input](parts, member, values, nowMs)
}
