/** Traffic definitions: the metrics of dissemination, connections and refusals. */

const channel = {
  name: 'channel',
  values: {
    probe: 'Probes and their answers.',
    sync: 'Anti-entropy between the tables of members.',
    space: 'Rooms and shared configs: exchanges, presence and documents.',
    query: 'Queries and broadcasts of the cluster, and their answers.',
    rumor: 'Rumors, without the copies that gossipsub makes.',
  },
} as const

export const trafficDefinitions = {
  hearsay_sent_bytes_total: {
    kind: 'counter',
    help: 'Payload that this member sent',
    label: channel as typeof channel,
  },
  hearsay_received_bytes_total: {
    kind: 'counter',
    help: 'Payload that this member received',
    label: channel as typeof channel,
  },
  hearsay_sent_messages_total: {
    kind: 'counter',
    help: 'Messages that this member sent',
    label: channel as typeof channel,
  },
  hearsay_received_messages_total: {
    kind: 'counter',
    help: 'Messages that this member received',
    label: channel as typeof channel,
  },
  hearsay_rumors_total: {
    kind: 'counter',
    help: 'Received rumors',
    label: {
      name: 'verdict',
      values: {
        accept: 'The member forwarded the rumor.',
        ignore: 'The member did not forward the rumor, mostly because it contained nothing new.',
        reject: 'The rumor was forged or undecodable, or this member could not open it.',
      },
    },
  },
  hearsay_exchanges_total: {
    kind: 'counter',
    help: 'Comparisons of the table with that of a connected member',
    label: {
      name: 'outcome',
      values: { equal: 'Both tables were equal.', different: 'The tables differed, and were synchronised.' },
    },
  },
  hearsay_disagreement_seconds: {
    kind: 'gauge',
    help: 'How long the table has differed from that of some connected member, 0 if all are equal: an approximation of convergence',
  },
  hearsay_connected_members: { kind: 'gauge', help: 'Members that are connected to this member' },
  hearsay_connections: {
    kind: 'gauge',
    help: 'Admitted connections',
    label: {
      name: 'kind',
      values: {
        tcp: 'TCP.',
        websocket: 'WebSocket.',
        webrtc: 'WebRTC.',
        relayed: 'Through a relay, for introductions only.',
        other: 'Any other transport of a node of the app.',
      },
    },
  },
  hearsay_dials_total: {
    kind: 'counter',
    help: 'Dials of members',
    label: {
      name: 'outcome',
      values: {
        connected: 'The member was connected.',
        refused: "The member's host refused the connection.",
        unreachable: 'No address answered in time.',
        'network-down': 'This computer has no network.',
      },
    },
  },
  hearsay_bootstrap_dials_total: {
    kind: 'counter',
    help: 'Dials of bootstrap addresses and of stored addresses',
    label: {
      name: 'outcome',
      values: { connected: 'A member answered.', failed: 'No member answered.' },
    },
  },
  hearsay_handshake_seconds: {
    kind: 'histogram',
    help: 'Time from the opening of a connection until it was admitted',
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  hearsay_relay_reservations: {
    kind: 'gauge',
    help: 'Reservations of connected peers at this relay',
    only: 'relay',
  },
  hearsay_relay_capacity_reservations: {
    kind: 'gauge',
    help: 'Reservations that this relay accepts at most',
    only: 'relay',
  },
  hearsay_refused_connections_total: {
    kind: 'counter',
    help: 'Connections that were not admitted',
    label: {
      name: 'reason',
      values: {
        'not-accepted':
          "The peer did not accept this member: another secret, authority or cluster name, or this member's ticket has ended.",
        'replaced-secret': "This member's secret was replaced in the cluster.",
        'wrong-proof': "The peer's proof is wrong: another secret, authority or cluster name.",
        'no-grants': "The peer's grants have ended, or are not valid in this cluster.",
        'removed-key': 'The key of the peer was removed from the cluster.',
        'no-proof': 'The peer sent no proof in time.',
        unsupported: 'The peer does not know the handshake.',
        violations: 'The peer broke the protocol too often.',
      },
    },
  },
  hearsay_dropped_connections_total: {
    kind: 'counter',
    help: 'Connections that this member closed before the handshake, because one address, or all together, had too many',
  },
  hearsay_aborted_streams_total: {
    kind: 'counter',
    help: 'Streams that were aborted because of a frame that was too long or not finished in time',
  },
  hearsay_violations_total: {
    kind: 'counter',
    help: 'Violations of the protocol by peers',
    label: {
      name: 'violation',
      values: {
        undecodable: 'A message could not be decoded.',
        'bad-signature': 'A fact was forged.',
        flood: 'A peer exceeded its rate.',
      },
    },
  },
  hearsay_refused_facts_total: {
    kind: 'counter',
    help: 'Facts of other members that were dropped, or had to wait. A fact counts each time that it arrives',
    label: {
      name: 'reason',
      values: {
        'unknown-author': 'A suspicion by an id that is not a member.',
        'no-grant': 'A record of an id whose grants are missing, expired or revoked.',
        'record-rate': 'The records or the heartbeats of one author exceeded their rate.',
        'suspicion-rate': 'The suspicions of one author exceeded its rate.',
        policy:
          'A revocation or keyring that does not count here: its author may not write it, no key of this member opens it, or its date is wrong.',
        'policy-rate': 'The policy facts of one author exceeded its rate.',
        'provisional-rate': 'One peer reported more unknown ids than its rate.',
        'provisional-evicted': 'Later records replaced the record of an unknown id.',
        'introducer-quota': 'An introduction exceeded the quota of its author.',
        'introducer-unreachable': 'An introduction by a member whose earlier subjects could not be reached.',
      },
    },
  },
} as const
