/** Traffic: bytes that a member sent, by kind: frames as hearsay wrote them, without what encryption and TCP add. */
export interface Traffic {
  probe: number
  sync: number
  /** Exchanges about rooms and shared configs. */
  space: number
  /** Rumors. */
  rumor: number
  /** What gossipsub says besides: grafts, prunes, IHAVE, IWANT. */
  gossipControl: number
}

export function noTraffic(): Traffic {
  return { probe: 0, sync: 0, space: 0, rumor: 0, gossipControl: 0 }
}

export function sumTraffic(each: Iterable<Readonly<Traffic>>): Traffic {
  const sum = noTraffic()
  for (const { probe, sync, space, rumor, gossipControl } of each) {
    sum.probe += probe
    sum.sync += sync
    sum.space += space
    sum.rumor += rumor
    sum.gossipControl += gossipControl
  }
  return sum
}

export function totalBytes({ probe, sync, space, rumor, gossipControl }: Readonly<Traffic>): number {
  return probe + sync + space + rumor + gossipControl
}
