/** Buckets: members compare tables and fact sets in 256 parts. On the wire, a set of buckets is a bitmap of 32 bytes. */
export const bucketCount = 256

export function bitmapOf(buckets: ReadonlySet<number>): Uint8Array<ArrayBuffer> {
  const bitmap = new Uint8Array(bucketCount / 8)
  for (const bucket of buckets) bitmap[bucket >> 3] = (bitmap[bucket >> 3] ?? 0) | (1 << (bucket & 7))
  return bitmap
}

export function bucketsOf(bitmap: Uint8Array): Set<number> {
  const isSet = (bit: number) => ((bitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  return new Set(Array.from({ length: bucketCount }, (_, bucket) => bucket).filter(isSet))
}
