/** History: random inputs of one state machine, and the time between them. The same history gives the same effects. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Target } from './target.ts'

/** One step of a history. */
export type Step<I> =
  | { readonly type: 'input'; readonly input: I }
  /** Time passes, and the machine is called at each of its deadlines. */
  | { readonly type: 'pass'; readonly ms: number }
  /** Time passes as when the computer sleeps: the machine is called only when the time is over. */
  | { readonly type: 'pause'; readonly ms: number }

/** A state machine with its host. Each call throws if an invariant is broken. */
export interface Hosted<I> {
  handle(input: I, nowMs: number): void
  /** When `advance` is due next, in monotonic milliseconds. */
  deadlineMs(): number
  advance(nowMs: number): void
  /** All effects so far, in order. */
  readonly effects: readonly unknown[]
}

/** Our choice: a machine that handles one deadline in several calls needs fewer. */
const maxCallsAtOnce = 8

/** @param create a new machine; the same seed makes the same random decisions */
export function historyTarget<I>(
  name: string,
  input: fc.Arbitrary<I>,
  create: (seed: number) => Hosted<I>,
): Target {
  const step: fc.Arbitrary<Step<I>> = fc.oneof(
    { weight: 6, arbitrary: input.map(input => ({ type: 'input' as const, input })) },
    { weight: 2, arbitrary: fc.nat(8_000).map(ms => ({ type: 'pass' as const, ms })) },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.nat(60_000), fc.nat(86_400_000)).map(ms => ({ type: 'pause' as const, ms })),
    },
  )
  const property = () =>
    fc.property(fc.nat(), fc.array(step, { maxLength: 40, size: 'max' }), (seed, steps) => {
      const effects = run(create(seed), steps)
      if (!isDeepStrictEqual(run(create(seed), steps), effects))
        throw new Error('the same history gave other effects')
    })
  return { name, kind: 'machine', runs: 100, property }
}

function run<I>(machine: Hosted<I>, steps: readonly Step<I>[]): readonly unknown[] {
  let nowMs = 0
  for (const step of steps) {
    switch (step.type) {
      case 'input':
        machine.handle(step.input, nowMs)
        break
      case 'pass':
        nowMs = pass(machine, nowMs, nowMs + step.ms)
        break
      case 'pause':
        nowMs += step.ms
        machine.advance(nowMs)
        break
    }
    if (Number.isNaN(machine.deadlineMs())) throw new Error('the deadline is not a number')
  }
  return machine.effects
}

function pass<I>(machine: Hosted<I>, fromMs: number, untilMs: number): number {
  let [nowMs, calls] = [fromMs, 0]
  for (let dueMs = machine.deadlineMs(); dueMs <= untilMs; dueMs = machine.deadlineMs()) {
    calls = dueMs > nowMs ? 1 : calls + 1
    if (calls > maxCallsAtOnce) throw new Error(`the deadline stays at ${dueMs} ms after ${calls} calls`)
    nowMs = Math.max(nowMs, dueMs)
    machine.advance(nowMs)
  }
  return untilMs
}
