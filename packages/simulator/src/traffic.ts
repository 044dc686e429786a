/** Traffic: bytes that a member sent, by kind: hearsay's frames, without the overhead of encryption and TCP. */
export interface Traffic {
  /** Probes and their answers. */
  probe: number
  /** Syncs of the membership. */
  sync: number
  /** Syncs of rooms and shared configs. */
  space: number
  /** Queries that are sent directly, and answers. Other queries and broadcasts are rumors. */
  query: number
  /** Rumors. */
  rumor: number
  /** gossipsub's control messages: GRAFT, PRUNE, IHAVE, IWANT. */
  gossipControl: number
}

/** Traffic with zero bytes of each kind. */
export function noTraffic(): Traffic {
  return { probe: 0, sync: 0, space: 0, query: 0, rumor: 0, gossipControl: 0 }
}

/** The sum, kind by kind. */
export function sumTraffic(each: Iterable<Readonly<Traffic>>): Traffic {
  const sum = noTraffic()
  for (const { probe, sync, space, query, rumor, gossipControl } of each) {
    sum.probe += probe
    sum.sync += sync
    sum.space += space
    sum.query += query
    sum.rumor += rumor
    sum.gossipControl += gossipControl
  }
  return sum
}

/** The bytes of all kinds together. */
export function totalBytes({ probe, sync, space, query, rumor, gossipControl }: Readonly<Traffic>): number {
  return probe + sync + space + query + rumor + gossipControl
}
