/** Member health: the part of `Cluster.health` that the membership machine provides. */
import type { Instant } from '../base/clock.ts'
import type { GrantsEnd } from './expulsions.ts'
import type { Member } from './member.ts'
import type { MemberParts } from './member-parts.ts'
import type { FactRefusal } from './refused-facts.ts'

export interface MemberHealth {
  /**
   * Lifeguard's local health multiplier, 0 (good) to 7. The multiplier grows with each missing nack, each local pause and each
   * suspicion of this member that it refutes; it falls with each answered probe. This member's probe interval and timeout
   * are multiplied by `1 + localHealth`.
   */
  readonly localHealth: number
  /** The number of local pauses since the start: event loop blocked, process stopped, or computer suspended. */
  readonly pauses: number
  /** The length of the last local pause in milliseconds if it ended within the last minute; otherwise 0. */
  readonly recentPauseMs: number
  /**
   * The number of suspicions since the start that were refuted before this member showed them as `suspect`: false alarms
   * of the network, or of a member with a bad connection.
   */
  readonly refutedSuspicions: number
  /** The number of members that are alive or suspect, including this one. */
  readonly visible: number
  /** The number of members that are alive, suspect or dead, including this one. Members that left do not count. */
  readonly known: number
  /**
   * Whether another process runs with this member's identity, because its storage was copied. Other members see both
   * processes as one member, whose name and addresses alternate. Stop one of the processes, and delete its copy of the
   * storage. The value becomes false two and a half minutes after the last fact of the other process arrived.
   */
  readonly identityCopied: boolean
  /**
   * Whether a network partition is more likely than the death of single members: at least two members, and at
   * least a third of the members, were declared dead within one minute. The value becomes false when half of
   * the dead members are back, or ten minutes after the last of these members was declared dead.
   */
  readonly partitionSuspected: boolean
  /**
   * Whether nothing has arrived from any other member for five probe intervals, although at least one of them is
   * neither dead, departed nor asleep. Either the network of this machine is down, or all other members ended at once.
   */
  readonly cutOff: boolean
  /** The number of members that are connected to this one now. */
  readonly connections: number
  /**
   * The number of connections in the last minute that this member replaced because they carried no gossip: gossipsub had
   * lost its stream on them.
   */
  readonly silentConnections: number
  /** Whether the table has reached its limit of 20,000 members: further members are not added. */
  readonly full: boolean
  /**
   * Why this member is no longer in its cluster: the grants of its ticket expired, or its ticket or this member itself was
   * revoked. The member then dials no other member. `Cluster.renew` with another ticket brings it back, unless the member
   * itself was revoked. Undefined: this member is in its cluster, or the cluster has no authority.
   */
  readonly grantsEnd: GrantsEnd | undefined
  /** The number of ids that wait for an introduction or a connection: they are not members. At most 256. */
  readonly provisional: number
  /**
   * How often facts of other members were dropped or had to wait since the start, by reason. See `docs/limits.md`. A fact
   * counts each time that it arrives.
   */
  readonly refusedFacts: Readonly<Record<FactRefusal, number>>
}

/** The parts of the machine that count. */
type HealthParts = Pick<
  MemberParts,
  | 'detector'
  | 'detectorBridge'
  | 'memberView'
  | 'damping'
  | 'identity'
  | 'partition'
  | 'overlay'
  | 'silentPubsub'
  | 'table'
  | 'standing'
  | 'refusedFacts'
  | 'expulsions'
>

export function memberHealthOf(parts: HealthParts, self: string, now: Instant): MemberHealth {
  const { memberView, detector, detectorBridge, damping, identity, partition, overlay, table } = parts
  const { silentPubsub, standing, refusedFacts, expulsions } = parts
  const nowMs = now.monotonicMs
  const visible = memberView.count('alive', 'suspect')
  return {
    localHealth: detector.localHealth(),
    pauses: detectorBridge.pauses,
    recentPauseMs: detectorBridge.recentPauseMs(nowMs),
    silentConnections: silentPubsub.recent(nowMs),
    visible,
    known: visible + memberView.count('dead'),
    refutedSuspicions: damping.refuted,
    identityCopied: identity.isCopied,
    partitionSuspected: partition.suspected(visible, nowMs),
    cutOff: isCutOff(parts, self, nowMs),
    connections: overlay.connected().length,
    full: table.capacity.free === 0,
    grantsEnd: expulsions?.ownEnd(now),
    provisional: standing.provisional,
    refusedFacts: refusedFacts.counts(),
  }
}

/** Whether at least one other member should be sending messages, but no message arrives from any. */
function isCutOff({ damping, memberView }: HealthParts, self: string, nowMs: number): boolean {
  if (!damping.isSilent(nowMs)) return false
  const isQuiet = ({ id, status, attention }: Member): boolean =>
    id === self || status === 'left' || attention.state === 'frozen' || attention.state === 'asleep'
  return !memberView.snapshot().every(isQuiet)
}
