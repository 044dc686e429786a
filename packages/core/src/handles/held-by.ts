/**
 * Held by: asks the other members of rooms and configs whether their content equals that of this member, and answers the same
 * query of other members.
 *
 * The query contains hashes, and each member compares them with its own. Each member is asked once for all rooms and
 * configs of one call, unless their hashes are too long for one query. Without a call nothing is sent.
 */
import { checkHeldBy, type HeldBy, type HeldByOptions, type HeldSpace } from '../api/held-by.ts'
import type { QueryOptions, QueryResult } from '../api/query.ts'
import { batchesOf } from '../base/arrays.ts'
import type { SpacesDriver } from '../runtime/spaces-driver.ts'
import { contentHashes, contentId, documentHashes, factsHash } from '../spaces/content-hashes.ts'
import type { SpaceReplica } from '../spaces/space-replica.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'

/** A room or config that this member has open. */
export interface NamedSpace extends Pick<HeldSpace, 'type' | 'name'> {
  /** The tag of the space with the content. For a room with writers this is the space of its documents. */
  readonly space: string
  /** The content to compare. Presence is never compared. */
  readonly content: 'facts' | 'documents'
}

export interface HeldByHost {
  readonly driver: Pick<SpacesDriver, 'contentOf' | 'othersIn'>
  /** Rejects if this member leaves before the query ends. */
  readonly query: (name: string, payload: Json, options: QueryOptions) => Promise<QueryResult>
}

interface Asked extends NamedSpace {
  /** Hashes of this member's content. */
  readonly hashes: readonly string[]
  /** The other members of the space. */
  readonly others: readonly string[]
}

/**
 * The name of the query. The payload of the query has a list for each space, the content id and hashes; the answer has a
 * boolean for each.
 */
export const spacesQuery = 'hearsay:spaces'
/** Quotes, brackets and commas in JSON. */
const framingBytes = 8

/**
 * @param host undefined: there are no spaces
 * @returns the result for each space that this member has not left
 * @throws {InvalidOptionsError} @throws {RateLimitError} @throws {NotRunningError}
 */
export async function askHeldBy(
  spaces: readonly NamedSpace[],
  host: HeldByHost | undefined,
  options: HeldByOptions | undefined,
): Promise<HeldSpace[]> {
  const timeoutMs = checkHeldBy(options)
  if (!host) return []
  const asked = spaces.flatMap(named => askedOf(named, host.driver) ?? [])
  const held: HeldSpace[] = []
  // An answer is shorter than its question, so it fits into a message if the question does.
  for (const batch of batchesOf(asked, limits.maxQueryBytes - framingBytes, payloadBytes))
    held.push(...(await askBatch(batch, host.query, timeoutMs)))
  return held
}

/** This member's content of one space. */
export interface HeldContent {
  /** The space tag. */
  readonly space: string
  readonly content: Pick<SpaceReplica, 'facts' | 'documents'>
}

/** @param heldOf returns this member's content of the space with a content id; undefined if this member is not in it */
export function answerHeldBy(payload: Json, heldOf: (id: string) => HeldContent | undefined): boolean[] {
  const known = new Map<string, ReadonlySet<string> | undefined>()
  const hashesOf = (id: string) => {
    if (!known.has(id)) {
      const held = heldOf(id)
      known.set(id, held && contentHashes(held.space, held.content))
    }
    return known.get(id)
  }
  const asked: readonly Json[] = Array.isArray(payload) ? payload : []
  return asked.slice(0, limits.maxSpaces).map(each => {
    const [id, ...theirs] = Array.isArray(each) ? (each as readonly Json[]) : []
    const own = typeof id === 'string' ? hashesOf(id) : undefined
    return own !== undefined && theirs.every(hash => typeof hash === 'string' && own.has(hash))
  })
}

/** @param index the index of the space in the answers */
export function heldByOf({ answers }: QueryResult, others: readonly string[], index: number): HeldBy {
  const values = new Map(answers.map(({ from, value }) => [from, value]))
  const isHolding = (id: string) => {
    const value = values.get(id)
    return Array.isArray(value) && value[index] === true
  }
  const answered = others.filter(id => values.has(id)).sort()
  return {
    holding: answered.filter(isHolding),
    differing: answered.filter(id => !isHolding(id)),
    missing: others.filter(id => !values.has(id)).sort(),
  }
}

function askedOf(named: NamedSpace, driver: HeldByHost['driver']): Asked | undefined {
  const { space } = named
  const held = driver.contentOf(space)
  if (!held) return undefined
  const hashes =
    named.content === 'facts' ? [factsHash(space, held)] : documentHashes(space, held, { carried: false })
  return { ...named, hashes, others: driver.othersIn(space) }
}

const payloadBytes = ({ space, hashes }: Asked): number =>
  hashes.reduce((sum, hash) => sum + hash.length + framingBytes, space.length + framingBytes)

async function askBatch(
  spaces: readonly Asked[],
  query: HeldByHost['query'],
  timeoutMs: number,
): Promise<HeldSpace[]> {
  const to = [...new Set(spaces.flatMap(({ others }) => others))]
  const payload = spaces.map(({ space, hashes }) => [contentId(space), ...hashes])
  // A query can name only so many members. Beyond that the member asks all members, and members outside of the spaces answer,
  // too.
  const isNamed = to.length <= limits.maxQueryRecipients
  const result =
    to.length === 0 ? noResult : await query(spacesQuery, payload, { timeoutMs, ...(isNamed && { to }) })
  return spaces.map(({ type, name, others }, index) => ({ type, name, ...heldByOf(result, others, index) }))
}

const noResult: QueryResult = { answers: [], failures: [], missing: [] }
