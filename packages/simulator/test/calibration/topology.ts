/**
 * Topology: which members are connected, and which member dialled each connection. The ids are the same in each run, and
 * so are the rings.
 */
import { createRings } from '@hearsay/failure-detector'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'

export interface Topology {
  readonly keys: readonly Ed25519PrivateKey[]
  readonly ids: readonly string[]
  /**
   * One pair of indices in `ids` for each connection: the dialling member and the dialled member. Connections open in
   * this order, on which the mesh depends.
   */
  readonly edges: readonly (readonly [number, number])[]
}

/** The connections of a large hearsay cluster. */
export async function rings(size: number): Promise<Topology> {
  const { keys, ids } = await identities(size)
  const all = createRings(4, ids)
  return {
    keys,
    ids,
    edges: edgesBetween(ids, (a, b) => all.neighbours(a).includes(b) || all.neighbours(b).includes(a)),
  }
}

/** The connections of a small hearsay cluster. */
export async function fullMesh(size: number): Promise<Topology> {
  const { keys, ids } = await identities(size)
  return { keys, ids, edges: edgesBetween(ids, () => true) }
}

/** The connections of new members: each member is connected to the first one only. */
export async function star(size: number): Promise<Topology> {
  const { keys, ids } = await identities(size)
  return { keys, ids, edges: ids.slice(1).map((_, leaf) => [leaf + 1, 0] as const) }
}

async function identities(size: number) {
  const keys = await Promise.all(
    Array.from({ length: size }, (_, member) =>
      generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(member + 1)),
    ),
  )
  return { keys, ids: keys.map(key => peerIdFromPrivateKey(key).toString()) }
}

/** Each member dials about half of its connections, and every member's first dial comes before any second one. */
function edgesBetween(
  ids: readonly string[],
  areConnected: (a: string, b: string) => boolean,
): (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = []
  for (let distance = 1; distance < ids.length; distance++)
    for (let low = 0; low + distance < ids.length; low++) {
      const high = low + distance
      if (!areConnected(ids[low] as string, ids[high] as string)) continue
      edges.push((low + high) % 2 === 0 ? [low, high] : [high, low])
    }
  return edges
}
