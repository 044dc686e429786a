/** How long it takes to check and copy a value, compared with JSON.stringify of the same value. */
import { copyJson } from '../src/wire/json.ts'

const values: Readonly<Record<string, unknown>> = {
  'a cursor': { x: 104.5, y: 2212.25 },
  'a number': 17,
  'a selection': {
    user: { name: 'Ada Lovelace', color: '#30bced' },
    anchor: { type: null, tname: 'text', item: { client: 3_141_592_653, clock: 1_234 }, assoc: 0 },
  },
  'a text of 2,000 letters': 'x'.repeat(2_000),
  'a text of 2,000 signs': '☃'.repeat(2_000),
  'a list of 500 numbers': Array.from({ length: 500 }, (_, i) => i / 3),
  'a list of 100 points': Array.from({ length: 100 }, (_, i) => ({ x: i, y: i / 2, name: `point ${i}` })),
}

const rounds = 60
const roundMs = 8

/**
 * Nanoseconds per call of each function: the fastest of several rounds, because other processes use the
 * machine, too. In each round every function runs once.
 */
function least(acts: readonly (() => unknown)[]): readonly number[] {
  const calls = acts.map(act => callsIn(roundMs, act))
  const best = acts.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round += 1)
    acts.forEach((act, i) => {
      best[i] = Math.min(best[i] ?? 0, (msOf(calls[i] ?? 1, act) * 1e6) / (calls[i] ?? 1))
    })
  return best.map(Math.round)
}

function callsIn(ms: number, act: () => unknown): number {
  let calls = 1
  while (msOf(calls, act) < ms) calls *= 2
  return calls
}

function msOf(calls: number, act: () => unknown): number {
  const start = performance.now()
  for (let i = 0; i < calls; i += 1) act()
  return performance.now() - start
}

console.log('ns: JSON.stringify, JSON.parse of that, checked and copied by hearsay besides JSON.stringify')
for (const [what, value] of Object.entries(values)) {
  const text = JSON.stringify(value)
  const [stringify = 0, parse = 0, carry = 0] = least([
    () => JSON.stringify(value),
    () => JSON.parse(text),
    () => copyJson(value),
  ])
  console.log(`${what}: ${stringify}, ${parse}, ${carry - stringify}`)
}
