/**
 * Reads a source of bytes up to a bound, because a file or a pipe may never end.
 *
 * @returns all bytes; of a source with more than `maxBytes`, the first ones, of which there are more than `maxBytes`
 */
export async function readSome(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of source) {
    parts.push(part)
    bytes += part.length
    if (bytes > maxBytes) break
  }
  return Buffer.concat(parts)
}
