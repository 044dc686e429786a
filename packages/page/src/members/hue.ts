/** Hue: a member's colour, computed from its id, so that it is the same on every page. */

/** Degrees on the colour wheel. */
export function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % 3_600
  return hash / 10
}
