/**
 * Selects up to `count` proxies for an indirect probe: at random within each tier, earlier tiers first, each member
 * once.
 */
export function selectProxies(
  count: number,
  tiers: readonly (readonly string[])[],
  random: () => number,
): string[] {
  const chosen = new Set<string>()
  for (const tier of tiers) {
    const left = tier.filter(id => !chosen.has(id))
    while (chosen.size < count && left.length > 0) {
      const at = Math.floor(random() * left.length)
      const id = left[at]
      const last = left.pop()
      if (id === undefined || last === undefined) break
      if (at < left.length) left[at] = last
      chosen.add(id)
    }
  }
  return [...chosen]
}
