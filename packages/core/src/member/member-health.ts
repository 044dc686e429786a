/** Member health: what the membership machine knows of how this member itself is doing. */
export interface MemberHealth {
  /** Lifeguard's local health multiplier, 0 (good) to 7: stretches this member's probe interval and timeout. */
  readonly localHealth: number
  /** Own stalls (event loop blocked, process stopped, machine asleep) since the start. */
  readonly pauses: number
  /**
   * Suspicions of others that were refuted before this member showed them as `suspect`, since the start: how often the
   * network, or a member that hears badly, raised a false alarm.
   */
  readonly refutedSuspicions: number
  /** Members seen alive or suspect, oneself included. */
  readonly visible: number
  /** Members known and not left, the dead included. */
  readonly known: number
  /**
   * Another process runs with this member's identity: its storage was copied. Both stand for one member, and show the
   * others now one name and addresses, now the other's. Stop one of them, and delete its copy of the storage. It becomes
   * false two and a half minutes after the last sign of the other process.
   */
  readonly identityCopied: boolean
  /** More than a third of the members vanished within one minute: rather the network than the members. */
  readonly partitionSuspected: boolean
  /** Members connected to right now. */
  readonly connections: number
  /** As many members are here as can be held, 20,000: newcomers are not seen. */
  readonly full: boolean
}
