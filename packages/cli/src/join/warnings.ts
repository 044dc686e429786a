/** Warnings: faults that `hearsay join` prints, one line each. */
import type { Cluster } from '@hearsay/core'

type Warn = (line: string) => void

/** 3 s (our choice): enough for a bootstrap member that starts slowly, and soon enough to show a wrong address. */
const unansweredMs = 3_000

export function warnOfCopy(member: Cluster, warn: Warn): void {
  member.events.addEventListener('identity', ({ detail: { copied } }) =>
    warn(
      copied
        ? 'another process runs with the same identity: its storage was copied. Stop one of them, and delete its copy'
        : 'no other process runs with the same identity any more',
    ),
  )
}

/**
 * Prints the problems of these names, each once while it lasts: the member is no longer in its cluster, or other users can open
 * its storage.
 */
export function warnOfProblems({ health }: Cluster, warn: Warn): void {
  let shown: readonly string[] = []
  const look = () => {
    const texts = health
      .getSnapshot()
      .problems.filter(({ name }) => name === 'not-a-member' || name === 'storage-open')
      .map(({ text }) => text)
    for (const text of texts) if (!shown.includes(text)) warn(text)
    shown = texts
  }
  health.subscribe(look)
  look()
}

export function warnIfUnanswered(member: Cluster, bootstrap: readonly string[], warn: Warn): void {
  setTimeout(() => {
    if (member.members.getSnapshot().length > 1) return
    const { admissionError } = member.health.getSnapshot()
    warn(
      admissionError === undefined
        ? `no answer from ${bootstrap.join(' or ')} yet; still trying`
        : `${admissionError} Still trying`,
    )
  }, unansweredMs)
}
