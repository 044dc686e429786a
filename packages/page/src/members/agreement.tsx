/** Agreement: how many members have the same table of members, and which have the same content of rooms and configs. */
import type { Cluster, Convergence, HeldSpace } from '@hearsay/core'
import { useMembers } from '@hearsay/react'
import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { shortId } from '../contract.ts'

/** Our choice: often enough for a person. The measurement is a query, so large clusters are measured less often. */
const minIntervalMs = 5_000
const intervalPerMemberMs = 100
/** Our choice: the other names are in the list of members. */
const maxNames = 5

/** List items. Measured only while they are shown. */
export function Agreement({ cluster }: { cluster: Cluster }): ReactNode {
  const { convergence } = cluster
  const measured = useSyncExternalStore(convergence.subscribe, convergence.getSnapshot)
  const spaces = useHeldSpaces(cluster, measured.known)
  const nameOf = useNames()
  return (
    <>
      <li>{convergenceText(measured, nameOf)}</li>
      {spaces.map(space => (
        <li key={`${space.type} ${space.name}`}>{heldText(space, nameOf)}</li>
      ))}
    </>
  )
}

export function convergenceText(
  { agreeing, known, sinceMs, differing, missing }: Convergence,
  nameOf: (id: string) => string,
): string {
  if (known === 0) return 'Measuring whether all members agree about each other …'
  if (sinceMs !== undefined)
    return known === 1
      ? 'There is no other member to agree with.'
      : `All ${known} members have agreed about each other since ${new Date(sinceMs).toLocaleTimeString()}.`
  return sentences([
    `${agreeing} of ${known} members agree about each other`,
    list('not yet', differing, nameOf),
    list('no answer from', missing, nameOf),
  ])
}

export function heldText(
  { type, name, holding, differing, missing }: HeldSpace,
  nameOf: (id: string) => string,
): string {
  const others = holding.length + differing.length + missing.length
  const what = `The ${type} ${name}`
  if (others === 0) return `${what}: no other member has it open.`
  if (holding.length === others)
    return `${what}: ${others === 1 ? 'the other member has' : `all ${others} other members have`} the same content.`
  return sentences([
    `${what}: ${holding.length} of ${others} other members have the same content`,
    list('not yet', differing, nameOf),
    list('no answer from', missing, nameOf),
  ])
}

const sentences = (parts: readonly string[]): string => `${parts.filter(Boolean).join('; ')}.`

function list(what: string, ids: readonly string[], nameOf: (id: string) => string): string {
  if (ids.length === 0) return ''
  const names = ids.slice(0, maxNames).map(nameOf).join(', ')
  return `${what} ${names}${ids.length > maxNames ? ` and ${ids.length - maxNames} more` : ''}`
}

function useNames(): (id: string) => string {
  const members = useMembers()
  return useMemo(() => {
    const names = new Map(members.map(({ id, name }) => [id, name]))
    return id => names.get(id) ?? `…${shortId(id)}`
  }, [members])
}

/** @param known how many members there are */
function useHeldSpaces(cluster: Cluster, known: number): readonly HeldSpace[] {
  const [held, setHeld] = useState<readonly HeldSpace[]>([])
  const intervalMs = Math.max(minIntervalMs, known * intervalPerMemberMs)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isCurrent = true
    const ask = async () => {
      // While the view has no connection to its member, it keeps the last answer.
      const answer = await cluster.heldBy().catch(() => undefined)
      if (!isCurrent) return
      if (answer) setHeld(answer)
      timer = setTimeout(ask, intervalMs)
    }
    void ask()
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [cluster, intervalMs])
  return held
}
