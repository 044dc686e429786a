/**
 * Fuzz: gives every decoder and every state machine inputs that are almost valid, for some minutes.
 *
 * Each round derives its inputs from a seed. At the first fault the command prints the smallest input found and the
 * command that runs the same round again, and the exit code is 1. The exit code is 1 as well if memory keeps growing.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Command, InvalidArgumentError } from 'commander'
import { type Fault, runRound, type Target } from './target.ts'
import { targets } from './targets.ts'

interface Options {
  readonly minutes: number
  readonly seed: number
  readonly only?: readonly Target[]
}

interface Tally {
  inputs: number
  ms: number
}

/** Our choice: 64 MiB. The caches of the decoders take less; a leak of one object for each of ten million inputs takes more. */
const maxGrowthBytes = 67_108_864
const progressIntervalMs = 5_000

const command = new Command('fuzz')
  .description('Looks for an input that a decoder or a state machine does not survive.')
  .option('--minutes <number>', 'how long', positive, 5)
  .option('--seed <integer>', 'the seed of the first round', integer, Date.now() % 1_000_000_000)
  .option('--only <targets>', `comma-separated, of ${targets.map(({ name }) => name).join(', ')}`, chosen)
  .parse(process.argv.filter(argument => argument !== '--'))

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
process.exitCode = await fuzz(command.opts<Options>())

async function fuzz({ minutes, seed, only = targets }: Options): Promise<number> {
  const tallies = new Map(only.map(target => [target, { inputs: 0, ms: 0 }]))
  const startMs = performance.now()
  const untilMs = startMs + minutes * 60_000
  let progressDueMs = startMs
  let baseBytes: number | undefined
  for (let round = seed; round === seed || performance.now() < untilMs; round++) {
    for (const [target, tally] of tallies) {
      if (round > seed && performance.now() >= untilMs) break
      const sinceMs = performance.now()
      const fault = await runRound(target, round)
      tally.ms += performance.now() - sinceMs
      if (fault) return report(target, fault, tallies)
      tally.inputs += target.runs
      if (performance.now() < progressDueMs) continue
      progressDueMs = performance.now() + progressIntervalMs
      console.error(progress(target, tallies, performance.now() - startMs))
    }
    // The first rounds fill the caches.
    if (round === seed + 1) baseBytes = usedBytes()
  }
  console.log(summary(tallies))
  console.log(`seed ${seed}, ${Math.round((performance.now() - startMs) / 1_000)} s, no fault`)
  return baseBytes === undefined ? 0 : checkGrowth(usedBytes() - baseBytes)
}

function report(
  target: Target,
  { seed, message, input }: Fault,
  tallies: ReadonlyMap<Target, Tally>,
): number {
  console.log(summary(tallies))
  console.log(`\n${target.name}: ${message}\n\ninput: ${input}\n`)
  console.log(`again: pnpm fuzz --only ${target.name} --seed ${seed} --minutes 0.001`)
  return 1
}

function checkGrowth(bytes: number): number {
  console.log(
    `memory after garbage collection: ${(bytes / 1e6).toFixed(1)} MB more than after the second round`,
  )
  if (bytes <= maxGrowthBytes) return 0
  console.log(`more than ${(maxGrowthBytes / 1e6).toFixed(0)} MB: something keeps its inputs`)
  return 1
}

function usedBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function progress(target: Target, tallies: ReadonlyMap<Target, Tally>, elapsedMs: number): string {
  const inputs = [...tallies.values()].reduce((sum, tally) => sum + tally.inputs, 0)
  return `${Math.round(elapsedMs / 1_000)} s: ${inputs} inputs, ${perSecond({ inputs, ms: elapsedMs })}/s, ${target.name} ${perSecond(tallies.get(target))}/s`
}

function summary(tallies: ReadonlyMap<Target, Tally>): string {
  const sum = { decoder: 0, machine: 0 }
  const rows = [...tallies].map(([{ name, kind }, tally]) => {
    sum[kind] += tally.inputs
    return `${name.padEnd(20)} ${String(tally.inputs).padStart(10)} ${String(perSecond(tally)).padStart(10)}`
  })
  return [
    `${'target'.padEnd(20)} ${'inputs'.padStart(10)} ${'inputs/s'.padStart(10)}`,
    ...rows,
    `${sum.decoder} inputs of decoders, ${sum.machine} histories of machines`,
  ].join('\n')
}

function perSecond({ inputs, ms }: Tally = { inputs: 0, ms: 0 }): number {
  return ms === 0 ? 0 : Math.round((inputs / ms) * 1_000)
}

function positive(text: string): number {
  const number = Number(text)
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number
  throw new InvalidArgumentError('It is a number above 0.')
}

function integer(text: string): number {
  const number = Number(text)
  if (text !== '' && Number.isSafeInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('It is a whole number from 0.')
}

function chosen(text: string): Target[] {
  return text.split(',').map(name => {
    const target = targets.find(target => target.name === name)
    if (target) return target
    throw new InvalidArgumentError(`There is no '${name}'.`)
  })
}
