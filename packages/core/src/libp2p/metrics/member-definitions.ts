/** Member definitions: the metrics of the membership and of failure detection. */

export const memberDefinitions = {
  hearsay_members: {
    kind: 'gauge',
    help: 'Members that this member knows, itself included',
    label: {
      name: 'status',
      values: {
        alive: 'The member answers.',
        suspect: 'The member does not answer, and has not been declared dead yet.',
        dead: 'The member was declared dead, at most a day ago.',
        left: 'The member left, at most a day ago.',
      },
    },
  },
  hearsay_member_events_total: {
    kind: 'counter',
    help: 'Changes of other members that this member reported to its app',
    label: {
      name: 'event',
      values: {
        join: 'A member is new, or is back after it was dead or had left.',
        update: 'The record of a member changed.',
        suspect: 'A member became suspect.',
        recover: 'A suspect member answered.',
        fail: 'A member was declared dead.',
        leave: 'A member announced that it left.',
      },
    },
  },
  hearsay_table_rows: { kind: 'gauge', help: 'Rows of the table of members' },
  hearsay_table_capacity_rows: {
    kind: 'gauge',
    help: 'Rows that the table can have. This member does not list further members',
  },
  hearsay_provisional_members: {
    kind: 'gauge',
    help: 'Ids that wait for an introduction or a connection before they count as members',
  },
  hearsay_problems: {
    kind: 'gauge',
    help: 'Whether the health of this member lists at least one problem of this name: 1 or 0',
    label: {
      name: 'problem',
      values: {
        'not-a-member':
          'The ticket of this member has expired or was revoked, or the member itself was revoked.',
        'not-admitted':
          'No peer accepts this member: its secret, its ticket or the cluster name does not fit.',
        'bootstrap-unreachable': 'No member answers at a bootstrap address.',
        alone: 'This member has found no other member.',
        'local-discovery': 'Members in the local network are not found.',
        'no-relay': 'This member can be reached through relays only, and no relay accepts it.',
        'relay-full': 'This member is a relay, and has refused a peer within the last minute.',
        clock: 'The clocks of members differ by more than a minute.',
        'identity-copied': "Another process runs with this member's identity.",
        'cut-off': 'Nothing arrives from any other member.',
        partition: 'Many members died at once.',
        paused: 'The process was stopped or blocked within the last minute.',
        'lossy-network': 'Messages of this member arrive late or not at all.',
        'silent-connections': 'Gossip stopped on connections that are open.',
        storage: 'The store does not accept writes.',
        'storage-open': 'Other users of the machine can open the folder of the store.',
        full: 'The table has reached its limit.',
      },
    },
  },
  hearsay_partition_suspected: {
    kind: 'gauge',
    help: 'Whether a network partition is more likely than the death of single members: 1 or 0',
  },
  hearsay_identity_copied: {
    kind: 'gauge',
    help: 'Whether another process runs with the identity of this member: 1 or 0',
  },
  hearsay_local_health: {
    kind: 'gauge',
    help: "Lifeguard's local health multiplier: 0 is good, 7 is the worst",
  },
  hearsay_pauses_total: {
    kind: 'counter',
    help: 'Local pauses: event loop blocked, process stopped, or computer suspended',
  },
  hearsay_paused_seconds_total: { kind: 'counter', help: 'Time in local pauses' },
  hearsay_probes_sent_total: { kind: 'counter', help: 'Direct probes that this member sent' },
  hearsay_probe_round_trip_seconds: {
    kind: 'histogram',
    help: 'Time from a direct probe to its answer',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  hearsay_suspicions_raised_total: {
    kind: 'counter',
    help: 'Suspicions of other members that this member published',
  },
  hearsay_suspicions_refuted_total: {
    kind: 'counter',
    help: 'Suspicions of other members, by any observer, that the suspected member refuted in time',
  },
  hearsay_refutations_total: {
    kind: 'counter',
    help: 'Suspicions of this member that it refuted',
  },
  hearsay_false_deaths_total: {
    kind: 'counter',
    help: 'Members that were declared dead and came back without a restart',
  },
  hearsay_detection_seconds: {
    kind: 'histogram',
    help: 'Time until this member declared another one dead: from the last message of that member, or from the end of its connection if that is later',
    buckets: [0.5, 1, 2, 4, 6, 8, 12, 20, 30, 60, 120],
  },
} as const
