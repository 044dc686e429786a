/** Buckets: what members compare part by part falls into 256 of them. On the wire a choice of them is one bit each. */
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
