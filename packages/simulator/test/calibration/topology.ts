/** Topology: who is linked to whom, and who dialled. The same ids at each run, and so the same rings. */
import { createRings } from '@hearsay/failure-detector'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'

export interface Topology {
  readonly keys: readonly Ed25519PrivateKey[]
  readonly ids: readonly string[]
  /** Places in `ids`: who dials, and whom. One after the other: on their order the mesh depends. */
  readonly edges: readonly (readonly [number, number])[]
}

/** As hearsay links many members. */
export async function rings(size: number): Promise<Topology> {
  const { keys, ids } = await identities(size)
  const all = createRings(4, ids)
  return {
    keys,
    ids,
    edges: edgesBetween(ids, (a, b) => all.neighbours(a).includes(b) || all.neighbours(b).includes(a)),
  }
}

/** As hearsay links few. */
export async function fullMesh(size: number): Promise<Topology> {
  const { keys, ids } = await identities(size)
  return { keys, ids, edges: edgesBetween(ids, () => true) }
}

/** As newcomers come, all to one. */
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

/** Each member dials about half of its own, and everybody's first comes before anybody's second. */
function edgesBetween(
  ids: readonly string[],
  areLinked: (a: string, b: string) => boolean,
): (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = []
  for (let distance = 1; distance < ids.length; distance++)
    for (let low = 0; low + distance < ids.length; low++) {
      const high = low + distance
      if (!areLinked(ids[low] as string, ids[high] as string)) continue
      edges.push((low + high) % 2 === 0 ? [low, high] : [high, low])
    }
  return edges
}
