/**
 * Content hashes: short hashes of a member's content of one space. Two members compare their content by these hashes.
 *
 * There is one hash for the facts, and one for each document. A hash depends on the space and on the name of the document, so
 * a member that relays a hash learns neither from it.
 */
import { concat } from 'uint8arrays/concat'
import { fromString as fromText } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { shortHash } from '../wire/hashes.ts'
import type { SpaceReplica } from './space-replica.ts'

type Content = Pick<SpaceReplica, 'facts' | 'documents'>

/** Identifies a space in a query. The tag of a private room cannot be computed from it. */
export function contentId(space: string): string {
  return toText(shortHash(fromText(`content ${space}`)), 'base64')
}

/** The hash of the facts. */
export function factsHash(space: string, { facts }: Content): string {
  return hashOf('facts', space, facts.hash())
}

/** The hashes of the documents that this member's app has open; with `carried`, also of those that it carries for others. */
export function documentHashes(
  space: string,
  { documents }: Content,
  { carried }: { readonly carried: boolean },
): string[] {
  return [...documents.values()]
    .filter(({ isCarried }) => carried || !isCarried)
    .map(document => hashOf('document', space, document.hash(), document.name))
}

/** All hashes of the space. */
export function contentHashes(space: string, content: Content): ReadonlySet<string> {
  return new Set([factsHash(space, content), ...documentHashes(space, content, { carried: true })])
}

/** The parts before the name have fixed lengths in each kind, so no two inputs are equal. */
function hashOf(kind: 'facts' | 'document', space: string, hash: Uint8Array, name = ''): string {
  return toText(shortHash(concat([fromText(`${kind} ${space} `), hash, fromText(name)])), 'base64')
}
