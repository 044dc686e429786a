/** At most `count` items drawn at random without replacement. */
export function sample<T>(from: readonly T[], count: number, random: () => number): T[] {
  const left = [...from]
  const drawn: T[] = []
  while (drawn.length < count && left.length > 0)
    drawn.push(...left.splice(Math.floor(random() * left.length), 1))
  return drawn
}
