import { expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { pushPullRounds, pushPullTheory } from '../../src/index.ts'

function medianRounds(members: number, seeds: number): number {
  const rounds = Array.from({ length: seeds }, (_, seed) => pushPullRounds(members, seed))
  return rounds.sort((a, b) => a - b)[Math.floor((seeds - 1) / 2)] ?? Number.NaN
}

it.each([
  { members: 1_000, seeds: size({ usual: 5, long: 20 }), theory: 9, most: 11 },
  ...size({ usual: [], long: [{ members: 10_000, seeds: 20, theory: 12, most: 14 }] }),
])(
  'scenario 26: one fact reaches $members members after at most $most rounds of push-pull, in the median of $seeds',
  ({ members, seeds, theory, most }) => {
    expect(Math.round(pushPullTheory(members))).toBe(theory)
    expect(medianRounds(members, seeds)).toBeLessThanOrEqual(most)
  },
)

it('scenario 26: equal seeds take equal rounds', () => {
  const rounds = () => [1, 2, 3].map(seed => pushPullRounds(200, seed))
  expect(rounds()).toEqual(rounds())
})
