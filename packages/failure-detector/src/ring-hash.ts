/** Ring hash: where an id stands on a ring, 0 … 2³² − 1. Not cryptographic; every member computes the same. */
export function ringHash(ring: number, id: string): number {
  // FNV-1a over UTF-16 units, from a start that differs with the ring, then MurmurHash3's final avalanche:
  // FNV alone hardly spreads the last characters, in which ids differ.
  let hash = (0x811c9dc5 ^ Math.imul(ring + 1, 0x9e3779b1)) >>> 0
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
