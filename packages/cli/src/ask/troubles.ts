/** Troubles: what in the health of a member needs attention, as sentences. */
import type { Health } from '@hearsay/core'

export function troublesOf(health: Health): string[] {
  const { storage, storageError, identityCopied, partitionSuspected, full, connections, known } = health
  const { admissionError, localDiscoveryError, localHealth } = health
  return [
    ...(storage === 'failing' ? [`The store fails: ${storageError}`] : []),
    ...(identityCopied
      ? [
          'Another process runs with the same identity: its storage was copied. Stop one, and delete its copy.',
        ]
      : []),
    ...(partitionSuspected ? ['A network partition is likely: many members were lost within a minute.'] : []),
    ...(full ? ['The table is full: further members are not seen.'] : []),
    ...(connections === 0 && known > 1 ? ['It is connected to no member, although it knows others.'] : []),
    ...(admissionError === undefined ? [] : [admissionError]),
    ...(localDiscoveryError === undefined ? [] : [`Local discovery does not work: ${localDiscoveryError}`]),
    ...(localHealth >= poorHealth
      ? [
          `Its local health is ${localHealth} of 7 (0 is good): it is paused often, or its network loses messages.`,
        ]
      : []),
  ]
}

/** Our choice: from here on the member waits five times as long as usual before it suspects others. */
const poorHealth = 4
