/**
 * Update content: which structs and deletions an update contains, and whether a checkpoint contains all of them.
 *
 * The comparison needs only the two updates. So whether a checkpoint replaces an update does not depend on the order of
 * arrival, and a checkpoint can never remove content that it lacks.
 */
import * as Y from 'yjs'
import { lowerBound } from '../base/arrays.ts'

interface Range {
  readonly clock: number
  readonly len: number
}

/** Client → ranges of clocks. */
type Ranges = ReadonlyMap<number, readonly Range[]>

export interface UpdateContent {
  readonly structs: Ranges
  readonly deletions: Ranges
}

/** The content of a whole document. */
export interface CheckpointContent {
  /** Client → the clock after its last struct. */
  readonly until: ReadonlyMap<number, number>
  /** Ranges in order, which neither overlap nor touch. */
  readonly deletions: Ranges
}

/**
 * Our choice: the content of an update is stored if it has at most this many ranges, and one more for each 64 bytes of the
 * update. A range takes some 40 bytes in memory, but as few as 2 in an update.
 */
const storedRanges = { min: 64, bytesEach: 64 }

const contents = new WeakMap<Uint8Array, UpdateContent>()

/** @param update readable: `isReadable` has returned true. The bytes must not change any more */
export function contentOf(update: Uint8Array): UpdateContent {
  const known = contents.get(update)
  if (known) return known
  const content = decoded(update)
  if (isSmall(content, update.length)) contents.set(update, content)
  return content
}

/** Whether the content takes about as much memory as the update. */
export function isSmall({ structs, deletions }: UpdateContent, updateBytes: number): boolean {
  const { min, bytesEach } = storedRanges
  let ranges = 0
  for (const each of [...structs.values(), ...deletions.values()]) ranges += each.length
  return ranges <= min + updateBytes / bytesEach
}

function decoded(update: Uint8Array): UpdateContent {
  const { structs, ds } = Y.decodeUpdate(update)
  const byClient = new Map<number, { clock: number; len: number }[]>()
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue
    const { client, clock } = struct.id
    const ranges = byClient.get(client) ?? []
    const last = ranges.at(-1)
    if (last && last.clock + last.len === clock) last.len += struct.length
    else ranges.push({ clock, len: struct.length })
    byClient.set(client, ranges)
  }
  return { structs: byClient, deletions: ds.clients }
}

/** The content of a checkpoint. Structs after a gap do not count. @param update readable */
export function checkpointContent(update: Uint8Array): CheckpointContent {
  const { structs, deletions } = decoded(update)
  const until = new Map<number, number>()
  for (const [client, ranges] of structs) {
    let end = 0
    for (const { clock, len } of ranges) if (clock <= end) end = Math.max(end, clock + len)
    until.set(client, end)
  }
  return { until, deletions: new Map([...deletions].map(([client, ranges]) => [client, merged(ranges)])) }
}

/** The number of structs and deletions: greater than that of each other checkpoint that this one contains. */
export function weightOf({ until, deletions }: CheckpointContent): number {
  let weight = 0
  for (const clock of until.values()) weight += clock
  for (const ranges of deletions.values()) for (const { len } of ranges) weight += len
  return weight
}

/** Whether a checkpoint contains everything that the update contains. */
export function contains(checkpoint: CheckpointContent, { structs, deletions }: UpdateContent): boolean {
  for (const [client, ranges] of structs) {
    const until = checkpoint.until.get(client) ?? 0
    if (ranges.some(({ clock, len }) => clock + len > until)) return false
  }
  for (const [client, ranges] of deletions) {
    const known = checkpoint.deletions.get(client) ?? []
    if (!ranges.every(range => isWithin(range, known))) return false
  }
  return true
}

function isWithin({ clock, len }: Range, ranges: readonly Range[]): boolean {
  const range = ranges[lowerBound(ranges, other => other.clock > clock) - 1]
  return range !== undefined && clock + len <= range.clock + range.len
}

function merged(ranges: readonly Range[]): Range[] {
  const result: { clock: number; len: number }[] = []
  for (const { clock, len } of [...ranges].sort((a, b) => a.clock - b.clock)) {
    const last = result.at(-1)
    if (last && clock <= last.clock + last.len) last.len = Math.max(last.len, clock + len - last.clock)
    else result.push({ clock, len })
  }
  return result
}
