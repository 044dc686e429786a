/** How this member itself is doing. */
export interface Health {
  /** Lifeguard's local health multiplier, 0 (good) to 7: stretches this member's probe interval and timeout. */
  readonly localHealth: number
  /** Own stalls (event loop blocked, process stopped, machine asleep) since the start. */
  readonly stalls: number
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
  /**
   * What others said in rooms and shared configs, and broke a rule there, since the start: too much, out of the far
   * future, by who may not write, or unreadable as a document. It changed nothing.
   */
  readonly refused: number
  /**
   * Times that two replicas of a document were found to write, or to have written, under one client id, since the
   * start. Each is reported as a `collision` event of the document's provider.
   */
  readonly clientIdCollisions: number
  /**
   * Whether this member's store takes what is written. `failing`: new writes are kept in memory and tried again, at
   * least every 30 s; nothing that was acknowledged before is lost. Without `storage`: `ok`.
   */
  readonly storage: 'ok' | 'failing'
  /** While the store fails: why, and what to do about it. */
  readonly storageError: string | undefined
  /**
   * With the option `mdns`: why members in the local network are not found, or do not find this one: no network, or
   * UDP port 5353 is taken. It is tried again every 10 s. Undefined: they are found, or are not looked for.
   */
  readonly localDiscoveryError: string | undefined
}
