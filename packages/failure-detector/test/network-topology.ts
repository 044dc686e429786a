/** Who probes whom: a full mesh in small networks, otherwise the neighbours on the rings. */
import { createRings } from '../src/index.ts'

/** Smaller networks are a full mesh. */
const fullMeshBelow = 17
/** The number of rings that hearsay uses. */
const ringCount = 4

export interface Topology {
  readonly ids: readonly string[]
  monitorsOf(id: string): string[]
}

export function createTopology(members: number): Topology {
  const ids = Array.from({ length: members }, (_, index) => `m${index}`)
  const rings = createRings(ringCount, ids)
  const monitorsOf = (id: string): string[] =>
    members < fullMeshBelow ? ids.filter(other => other !== id) : rings.neighbours(id)
  return { ids, monitorsOf }
}

/** All neighbours of a member in a network of `members` members. */
export function connectedIn(members: number, id: string): string[] {
  return createTopology(members).monitorsOf(id)
}
