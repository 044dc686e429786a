/** Target: one decoder or one state machine, and the property that holds for any of its inputs. */
import fc from 'fast-check'

/** A property throws if an input shows a fault. */
export interface Target {
  readonly name: string
  readonly kind: 'decoder' | 'machine'
  /** How many inputs one round has: less than a second of work. */
  readonly runs: number
  /** @param seed determines the valid messages that the inputs are derived from */
  readonly property: (seed: number) => fc.IRawProperty<unknown>
}

export interface Fault {
  /** Runs the same round again. */
  readonly seed: number
  readonly message: string
  /** The smallest input found that shows the fault. */
  readonly input: string
}

/** Runs one round. @returns undefined: no fault */
export async function runRound(target: Target, seed: number, runs = target.runs): Promise<Fault | undefined> {
  const details = await fc.check(target.property(seed), { seed, numRuns: runs })
  if (!details.failed) return undefined
  const { errorInstance, counterexample } = details
  const message =
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance)
  return { seed, message, input: print(counterexample) }
}

/** Bytes as hexadecimal digits, everything else as fast-check prints it. */
function print(counterexample: unknown): string {
  const values: readonly unknown[] = Array.isArray(counterexample) ? counterexample.flat() : [counterexample]
  return values
    .map(value => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : fc.stringify(value)))
    .join('\n')
}
