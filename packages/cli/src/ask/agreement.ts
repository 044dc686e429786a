/** Agreement: measures once whether members have the same table, and which have the same content of rooms and configs. */
import type { Cluster, Convergence, HeldSpace } from '@hearsay/core'

/** Our choice. A member that answers later is listed as missing. */
const timeoutMs = 2_500

/** Resolves with the first measurement; undefined if there is none in time. */
export function measureAgreement({ convergence }: Cluster): Promise<Convergence | undefined> {
  return new Promise(resolve => {
    const end = (measured: Convergence | undefined) => {
      clearTimeout(timer)
      unsubscribe()
      resolve(measured)
    }
    const timer = setTimeout(end, timeoutMs, undefined)
    const unsubscribe = convergence.subscribe(() => {
      const measured = convergence.getSnapshot()
      if (measured.known > 0) end(measured)
    })
  })
}

/** @param nameOf the name of the member with this id */
export function agreementText(measured: Convergence | undefined, nameOf: (id: string) => string): string {
  if (!measured) return 'not measured in time'
  const { agreeing, known, differing, missing } = measured
  const parts = [
    `${agreeing} of ${known} members agree about each other`,
    ...(differing.length > 0 ? [`not yet: ${list(differing, nameOf)}`] : []),
    ...(missing.length > 0 ? [`no answer: ${list(missing, nameOf)}`] : []),
  ]
  return parts.join('; ')
}

/** Undefined: the member cannot ask now, or runs a version without this question. */
export async function measureHeldSpaces(cluster: Cluster): Promise<readonly HeldSpace[] | undefined> {
  try {
    return await cluster.heldBy()
  } catch {
    return undefined
  }
}

/** @param nameOf the name of the member with this id */
export function heldText(held: HeldSpace, nameOf: (id: string) => string): string {
  const { holding, differing, missing } = held
  const others = holding.length + differing.length + missing.length
  if (others === 0) return 'no other member has it open'
  const parts = [
    `${holding.length} of ${others} ${others === 1 ? 'other member has' : 'other members have'} the same content`,
    ...(differing.length > 0 ? [`not yet: ${list(differing, nameOf)}`] : []),
    ...(missing.length > 0 ? [`no answer: ${list(missing, nameOf)}`] : []),
  ]
  return parts.join('; ')
}

const maxNames = 5

function list(ids: readonly string[], nameOf: (id: string) => string): string {
  const names = ids.slice(0, maxNames).map(nameOf).join(', ')
  return ids.length > maxNames ? `${names} and ${ids.length - maxNames} more` : names
}
