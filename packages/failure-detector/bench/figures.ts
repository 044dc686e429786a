/**
 * Figures: measures the README's figures with simulated members over many seeds. Nothing is asserted.
 *
 * `node bench/figures.ts [seeds] [parameters as JSON]`, by default 60 seeds of `lan`; it takes minutes.
 */
import { type DetectorParameters, plainSwim } from '../src/index.ts'
import { type Event, type NetworkOptions, SimulatedNetwork } from '../test/simulated-network.ts'
import { falseDeaths, stopAndGo } from '../test/stop-and-go.ts'

const [seeds = '60', parametersJson = '{}'] = process.argv.slice(2)
const parameters: Partial<DetectorParameters> = JSON.parse(parametersJson)

const firstSeed = 1_000
const overSeeds = (count: number, measure: (seed: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => measure(firstSeed + index))
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const print = (what: string, values: readonly number[], unit: string): void => {
  const sorted = values.toSorted((a, b) => a - b)
  const quantile = (part: number): string =>
    (sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN).toFixed(3)
  console.log(
    `${what}: median ${quantile(0.5)} ${unit}, ${quantile(0)} to ${quantile(1)}, ${sorted.length} seeds`,
  )
}

const network = (seed: number, options: Partial<NetworkOptions> = {}): SimulatedNetwork =>
  new SimulatedNetwork({ members: 32, seed, detector: { parameters }, ...options })
/** Seconds from `fromMs` until the last of the 31 other members knows; Infinity if a member never does. */
const knownByAllS = (events: readonly Event[], fromMs: number): number =>
  events.length < 31 ? Infinity : (Math.max(...events.map(({ atMs }) => atMs)) - fromMs) / 1_000

function crashS(seed: number): number {
  const cluster = network(seed, { links: true })
  cluster.run(20_000)
  cluster.crash('m3')
  cluster.run(5_000)
  return knownByAllS(cluster.eventsOf('fail'), 20_000)
}

function hangAndReturnS(seed: number): { hangS: number; returnS: number } {
  const cluster = network(seed, { links: true })
  cluster.run(20_000)
  cluster.pause('m3', 60_000)
  cluster.run(70_000)
  return {
    hangS: knownByAllS(cluster.eventsOf('fail'), 20_000),
    returnS: knownByAllS(cluster.eventsOf('return'), 80_000),
  }
}

function idleProbes(seed: number): number {
  const cluster = network(seed)
  cluster.run(60_000)
  return cluster.probes / 32 / 60
}

function deathsUnderLoss(seed: number): number {
  const cluster = network(seed, { members: 64, loss: 0.3 })
  cluster.run(600_000)
  return cluster.eventsOf('fail').length
}

const falseDeathsWith = (detector: Partial<DetectorParameters>, seed: number): number =>
  falseDeaths(stopAndGo(9_000, 10_000, { seed, loss: 0.3, detector: { parameters: detector } }))

const count = Number(seeds)
print('killed: detected by all', overSeeds(count, crashS), 's')
const hangs = Array.from({ length: count }, (_, index) => hangAndReturnS(firstSeed + index))
print(
  'hung: detected by all',
  hangs.map(({ hangS }) => hangS),
  's',
)
print(
  'resumed: alive again at all',
  hangs.map(({ returnS }) => returnS),
  's',
)
print('idle: probes per member', overSeeds(count, idleProbes), '1/s')
const lifeguard = overSeeds(count, seed => falseDeathsWith(parameters, seed))
print('4 of 32 stopped 9 s in 10 s, 30 % loss, 10 min: false deaths', lifeguard, 'events')
const plain = overSeeds(count, seed => falseDeathsWith({ ...parameters, ...plainSwim }, seed))
print('the same under plain SWIM', plain, 'events')
console.log(`in total, Lifeguard : plain SWIM = ${sum(lifeguard)} : ${sum(plain)}`)
print('64 members, 30 % loss, 10 min: deaths', overSeeds(Math.ceil(count / 6), deathsUnderLoss), 'events')
