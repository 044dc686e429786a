/**
 * Healing: whom to try again that does not belong to one's view any more.
 *
 * Each round every member, with a probability that falls with their number, dials one bootstrap address or one
 * member it counts as dead: so about `dialsPerRound` dials a round in the whole cluster, however large, and a
 * partition ends by itself. A member that is alone always tries.
 */
export type HealingTarget =
  | { readonly type: 'member'; readonly id: string }
  | { readonly type: 'bootstrap'; readonly address: string }

/** Our choice: every 10 s, three dials: two halves of 16 find each other within 30 s in all but 1 of 10⁴ cases. */
export const healIntervalMs = 10_000
const dialsPerRound = 3

/** @param alive members in one's view, oneself included. */
export function healingTarget(
  alive: number,
  absent: readonly HealingTarget[],
  random: () => number,
): HealingTarget | undefined {
  if (absent.length === 0) return undefined
  if (random() >= dialsPerRound / alive && alive > 1) return undefined
  return absent[Math.floor(random() * absent.length)]
}
