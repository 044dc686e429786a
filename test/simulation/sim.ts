/**
 * Sim: runs one scenario and shows its progress, with a summary and a plot at the end.
 *
 * The exit code is 1 if an invariant was violated, or if the members do not agree at the end.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { createSimulation, InvariantViolation, totalBytes } from '@hearsay/simulator'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Listr } from 'listr2'
import { chartSvg } from './chart.ts'
import { record, type Sample } from './recording.ts'
import { type Scenario, scenarios } from './scenarios.ts'

interface Options {
  readonly members: number
  readonly scenario: string
  readonly seed: number
  readonly profile: 'local' | 'lan' | 'wan'
  readonly json?: true
  readonly plot?: string
}

const descriptions = Object.entries(scenarios).map(
  ([name, { description }]) => `  ${name.padEnd(16)}${description}`,
)

const options = new Command('sim')
  .description('Runs one scenario with simulated members that run the shipped code.')
  .option('--members <number>', 'how many', count, 32)
  .addOption(
    new Option('--scenario <name>', 'what happens').choices(Object.keys(scenarios)).default('partition-heal'),
  )
  .option('--seed <integer>', 'equal seeds give equal runs', integer, 1)
  .addOption(
    new Option('--profile <name>', 'profile of the failure detector')
      .choices(['local', 'lan', 'wan'])
      .default('lan'),
  )
  .option('--json', 'print the summary and all samples as JSON')
  .option('--plot <file>', 'write agreement, false deaths and bytes over time as SVG', writable)
  .addHelpText('after', `\nScenarios:\n${descriptions.join('\n')}`)
  .parse(process.argv.filter(argument => argument !== '--'))
  .opts<Options>()

const scenario = scenarios[options.scenario]
if (scenario) await play(scenario)

async function play({ description, lengthMs, start, play }: Scenario): Promise<void> {
  const { members, seed, profile, scenario: name, json, plot } = options
  const startedMs = performance.now()
  const simulation = createSimulation({ seed, members, profile, start })
  let samples: readonly Sample[] = []
  let violation: string | undefined
  await new Listr(
    [
      {
        title: `${members} members, seed ${seed}: ${description}`,
        task: async (_, task) => {
          samples = record(simulation, sample => {
            if (process.stderr.isTTY) task.output = progress(sample, lengthMs)
          })
          try {
            await play(simulation)
          } catch (error) {
            if (!(error instanceof InvariantViolation)) throw error
            violation = error.message
            throw new Error(`broken: ${error.invariant}`)
          }
        },
      },
    ],
    { silentRendererCondition: json === true, exitOnError: false },
  ).run()

  const realMs = performance.now() - startedMs
  const summary = {
    scenario: name,
    members,
    seed,
    profile,
    virtualMs: simulation.nowMs,
    realMs: Math.round(realMs),
    steps: simulation.steps,
    agreement: simulation.agreement(),
    isConverged: simulation.isConverged(),
    falseDeaths: simulation.falseDeaths,
    bytesASecond: Math.round((totalBytes(simulation.sent()) / members / simulation.nowMs) * 1_000),
    trace: simulation.trace.hash,
    violation,
  }
  if (plot) writeFileSync(plot, plotOf(name, samples))
  if (json) console.log(JSON.stringify({ ...summary, samples }))
  else console.log(textOf(summary, plot))
  process.exitCode = violation === undefined && summary.isConverged ? 0 : 1
}

function progress({ atMs, agreement, falseDeaths }: Sample, lengthMs: number): string {
  const share = Math.min(1, atMs / lengthMs)
  const bar = '━'.repeat(Math.round(share * 30)).padEnd(30, '┈')
  return `${bar} ${Math.round(atMs / 1_000)} s   ${percent(agreement)} agree   ${falseDeaths} false deaths`
}

function textOf(
  summary: { readonly [name: string]: unknown } & {
    virtualMs: number
    realMs: number
    agreement: number
    violation: string | undefined
  },
  plot: string | undefined,
): string {
  const rows: [string, string][] = [
    ['at the end', `${percent(summary.agreement)} of the members see exactly the running members`],
    ['false deaths', `${summary['falseDeaths']} times a member declared a running one dead`],
    ['sent', `${number(summary['bytesASecond'])} bytes a second and member, before encryption`],
    [
      'time',
      `${seconds(summary.virtualMs)} virtual in ${seconds(summary.realMs)} real, ${number(summary['steps'])} steps`,
    ],
    ['trace', `${summary['trace']}`],
  ]
  if (plot) rows.push(['plot', plot])
  if (summary.violation !== undefined) rows.push(['broken', summary.violation])
  return `\n${rows.map(([label, text]) => `  ${label.padEnd(14)}${text}`).join('\n')}\n`
}

function plotOf(name: string, samples: readonly Sample[]): string {
  const over = (value: (sample: Sample) => number) =>
    samples.map(sample => [sample.atMs / 1_000, value(sample)] as const)
  const x = { label: 'virtual seconds', min: 0 }
  const about = `${options.members} members, ${name}, seed ${options.seed}`
  return chartSvg([
    {
      title: `Agreement: ${about}`,
      x,
      y: { label: '% of the members that see exactly the running members', min: 0, max: 100 },
      series: [{ name: 'agreement', points: over(({ agreement }) => 100 * agreement) }],
    },
    {
      title: 'False deaths',
      x,
      y: { label: 'deaths declared of running members, since the start', min: 0 },
      series: [{ name: 'false deaths', points: over(({ falseDeaths }) => falseDeaths), stepped: true }],
    },
    {
      title: 'Traffic',
      x,
      y: { label: 'bytes a second and member', min: 0 },
      series: [{ name: 'bytes', points: over(({ bytesASecond }) => Math.round(bytesASecond)) }],
    },
  ])
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toLocaleString('en', { maximumFractionDigits: 1 })} s`
}

function number(value: unknown): string {
  return Number(value).toLocaleString('en')
}

/** Checks that the file can be written. The check runs before the simulation, so that no result is lost. */
function writable(path: string): string {
  try {
    closeSync(openSync(path, 'a'))
    return path
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

function integer(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('give an integer')
  return value
}

function count(text: string): number {
  const value = integer(text)
  if (value < 2 || value > 20_000) throw new InvalidArgumentError('give a number from 2 to 20,000')
  return value
}
