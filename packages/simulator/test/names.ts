/** Names of members, in the order in which they were added. */

/** From m`from` to before m`to`. */
export function namesFrom(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `m${from + i}`)
}
