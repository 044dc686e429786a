/**
 * Report: measures and draws all figures about simulated clusters in the documents.
 *
 * It writes `docs/figures/*.svg`, the numbers into `docs/figures/simulation.json` and, as tables, into
 * `docs/simulation.md` between its markers. For work on the report itself: `--quick` measures small clusters only,
 * `--draw` draws the last measurement again.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { heartbeatIntervalMs } from '@hearsay/core/host'
import { pushPullRounds, pushPullTheory } from '@hearsay/simulator'
import { Listr, type ListrTask, PRESET_TIMER } from 'listr2'
import { x as run } from 'tinyexec'
import { heavyLoss } from '../../packages/simulator/test/heavy-loss.ts'
import { deaths as deathsIn } from '../../packages/simulator/test/member-events.ts'
import { deathsOfTheHealthy, stopAndGo } from '../../packages/simulator/test/stop-and-go.ts'
import { median } from '../helpers/quantiles.ts'
import { type Axis, chartSvg, type Panel } from './chart.ts'
import type { SettledFigures } from './measures.ts'

const isQuick = process.argv.includes('--quick')
const isDrawn = process.argv.includes('--draw')
const sizes = [10, 32, 100, 316, 1_000, ...(isQuick ? [] : [3_162, 10_000])]
const lossRates = [0, 0.1, 0.2, 0.3, 0.4]
/** Harder than stopping 3 s in every 4 s, which with these links causes no death even under plain SWIM. */
const stops = { lengthMs: 300_000, stopMs: 9_000, everyMs: 10_000 }

const figures = {
  settled: [] as SettledFigures[],
  rounds: [] as { members: number; seed: number; rounds: number }[],
  heavyLoss: [] as { rate: number; retransmitted: boolean; seed: number; deaths: number }[],
  stopAndGo: [] as { lossRate: number; seed: number; shipped: number; plainSwim: number }[],
}

if (isDrawn) Object.assign(figures, JSON.parse(readFileSync(pathOf('docs/figures/simulation.json'), 'utf8')))
else
  await new Listr(
    [
      ...sizes.map(
        (members): ListrTask => ({
          title: `${number(members)} members: idle, a crash, a hang`,
          task: async (_, task) => {
            for (const seed of seeds(members <= 100 ? 9 : members <= 1_000 ? 5 : 1)) {
              task.output = `seed ${seed}`
              figures.settled.push(await settled(members, seed))
            }
          },
        }),
      ),
      ...sizes.map(
        (members): ListrTask => ({
          title: `${number(members)} members: rounds of push-pull`,
          task: () => {
            for (const seed of seeds(members <= 1_000 ? 21 : 5))
              figures.rounds.push({ members, seed, rounds: pushPullRounds(members, seed) })
          },
        }),
      ),
      ...[0.3, 0.5].map(
        (rate): ListrTask => ({
          title: `64 members, ${100 * rate} % loss for ten minutes`,
          task: async () => {
            for (const retransmitted of [true, false]) {
              const lengthMs = isQuick ? 60_000 : 600_000
              const simulation = await heavyLoss({ seed: 12, lengthMs, rate, retransmitted })
              figures.heavyLoss.push({ rate, retransmitted, seed: 12, deaths: deathsIn(simulation).length })
            }
          },
        }),
      ),
      ...lossRates.map(
        (lossRate): ListrTask => ({
          title: `4 of 32 members stop for 9 s in every 10 s, ${100 * lossRate} % loss`,
          task: async () => {
            for (const seed of seeds(isQuick ? 1 : 3)) {
              const deaths = async (detector: 'shipped' | 'plain-swim') =>
                deathsOfTheHealthy(await stopAndGo({ seed, ...stops, lossRate, detector })).length
              const [shipped, plainSwim] = [await deaths('shipped'), await deaths('plain-swim')]
              figures.stopAndGo.push({ lossRate, seed, shipped, plainSwim })
            }
          },
        }),
      ),
    ],
    { rendererOptions: { timer: PRESET_TIMER }, fallbackRendererOptions: { timer: PRESET_TIMER } },
  ).run()

mkdirSync(pathOf('docs/figures'), { recursive: true })
const x: Axis = { label: 'members', scale: 'log', min: 10, max: isQuick ? 1_000 : 10_000 }
draw('rounds', [
  {
    title: 'Rounds of push-pull until all members know, fanout 1',
    x,
    y: { label: 'rounds', min: 0 },
    series: [
      { name: 'median', points: medians(figures.rounds, ({ rounds }) => rounds) },
      {
        name: 'log₃ N + log₂ ln N (Karp et al. 2000)',
        points: sizes.map(members => [members, pushPullTheory(members)] as const),
        dashed: true,
      },
    ],
  },
])
draw('detection', [
  {
    title: 'Until all members consider a member dead',
    x,
    y: { label: 'seconds, median', min: 0 },
    series: [
      { name: 'crash (killed)', points: medians(figures.settled, ({ crashMs }) => crashMs / 1_000) },
      { name: 'hang (stopped)', points: medians(figures.settled, ({ hangMs }) => hangMs / 1_000) },
      {
        name: '3 · log₁₀ N + 2 s',
        points: sizes.map(members => [members, 3 * Math.max(1, Math.log10(members)) + 2] as const),
        dashed: true,
      },
    ],
  },
])
draw('false-deaths', [
  {
    title: 'Deaths of members that never stopped, while 4 of 32 stop 9 s in every 10 s',
    x: { label: '% of all messages lost', min: 0, max: 40 },
    y: { label: 'in five minutes, median', min: 0 },
    series: [
      { name: 'as shipped', points: mediansBy(figures.stopAndGo, 'lossRate', ({ shipped }) => shipped) },
      { name: 'plain SWIM', points: mediansBy(figures.stopAndGo, 'lossRate', ({ plainSwim }) => plainSwim) },
    ].map(({ name, points }) => ({
      name,
      points: points.map(([rate, times]) => [100 * rate, times] as const),
    })),
  },
])
draw('idle-bytes', [
  {
    title: 'What a member sends while idle, before encryption',
    x,
    y: { label: 'bytes a second', min: 0 },
    series: [
      { name: 'all', points: medians(figures.settled, ({ idleBytes }) => idleBytes) },
      {
        name: 'heartbeats: 72 B · (N − 1) / interval',
        points: sizes.map(members => [members, heartbeatBytesPerSecond(members)] as const),
        dashed: true,
      },
      { name: 'all but these', points: medians(figures.settled, withoutHeartbeats) },
    ],
  },
])
draw('cost', [
  {
    title: 'What a virtual second costs',
    x,
    y: { label: 'real milliseconds', scale: 'log' },
    series: [{ name: 'idle', points: medians(figures.settled, ({ costMs }) => costMs) }],
  },
])

writeFileSync(pathOf('docs/figures/simulation.json'), `${JSON.stringify(figures, undefined, 1)}\n`)
const table = tableOf()
const page = pathOf('docs/simulation.md')
const marked = /(<!-- measured -->\n)[\s\S]*(<!-- \/measured -->)/
writeFileSync(page, readFileSync(page, 'utf8').replace(marked, `$1${table}\n$2`))
console.log(`\n${table}`)

async function settled(members: number, seed: number): Promise<SettledFigures> {
  const worker = fileURLToPath(new URL('./measure-worker.ts', import.meta.url))
  const args = ['--max-old-space-size=7500', worker, `${members}`, `${seed}`]
  const { stdout, stderr, exitCode } = await run(process.execPath, args)
  if (exitCode !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as SettledFigures
}

function tableOf(): string {
  const rows = sizes.map(members => {
    const of = (value: (figure: SettledFigures) => number) =>
      median(figures.settled.filter(figure => figure.members === members).map(value))
    const rounds = median(
      figures.rounds.filter(figure => figure.members === members).map(each => each.rounds),
    )
    return [
      number(members),
      `${rounds} (${pushPullTheory(members).toFixed(1)})`,
      `${(of(({ crashMs }) => crashMs) / 1_000).toFixed(2)} s`,
      `${(of(({ hangMs }) => hangMs) / 1_000).toFixed(1)} s`,
      number(Math.round(of(({ idleBytes }) => idleBytes))),
      number(Math.round(of(withoutHeartbeats))),
      `${number(Math.round(of(({ costMs }) => costMs)))} ms`,
      `${number(Math.round(of(({ peakMemoryMb }) => peakMemoryMb)))} MB`,
    ]
  })
  const head = [
    'members',
    'rounds (theory)',
    'crash',
    'hang',
    'idle B/s',
    'without heartbeats',
    'a virtual second costs',
    'peak memory',
  ]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const losses = lossRates.map(lossRate => {
    const of = (value: (figure: (typeof figures.stopAndGo)[number]) => number) =>
      number(median(figures.stopAndGo.filter(figure => figure.lossRate === lossRate).map(value)))
    return [`${100 * lossRate} %`, of(({ shipped }) => shipped), of(({ plainSwim }) => plainSwim)]
  })
  return [
    line(head),
    line(head.map(() => '---:')),
    ...rows.map(line),
    '',
    line(['4 of 32 stop 9 s in every 10 s; loss', 'false deaths in five minutes, as shipped', 'plain SWIM']),
    line(['---:', '---:', '---:']),
    ...losses.map(line),
    '',
    line([
      '64 members, ten minutes of loss',
      'deaths, lost packets are retransmitted',
      'lost packets are not sent again',
    ]),
    line(['---:', '---:', '---:']),
    ...[0.3, 0.5].map(rate => {
      const of = (again: boolean) =>
        number(
          median(
            figures.heavyLoss
              .filter(each => each.rate === rate && each.retransmitted === again)
              .map(({ deaths }) => deaths),
          ),
        )
      return line([`${100 * rate} %`, of(true), of(false)])
    }),
  ].join('\n')
}

function draw(name: string, panels: readonly Panel[]): void {
  writeFileSync(pathOf(`docs/figures/${name}.svg`), `${chartSvg(panels)}\n`)
}

/** Each heartbeat of the others arrives at each member once: its signature, index and sequence. */
function heartbeatBytesPerSecond(members: number): number {
  return (72 * (members - 1) * 1_000) / heartbeatIntervalMs(members)
}

function withoutHeartbeats({ idleBytes, members }: SettledFigures): number {
  return idleBytes - heartbeatBytesPerSecond(members)
}

function medians<T extends { members: number }>(all: readonly T[], value: (each: T) => number) {
  return mediansBy(all, 'members', value)
}

function mediansBy<K extends string, T extends { [key in K]: number }>(
  all: readonly T[],
  key: K,
  value: (each: T) => number,
): (readonly [number, number])[] {
  const keys = [...new Set(all.map(each => each[key]))]
  return keys.map(at => [at, median(all.filter(each => each[key] === at).map(value))] as const)
}

function seeds(count: number): number[] {
  return Array.from({ length: isQuick ? Math.min(count, 3) : count }, (_, i) => i + 1)
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

function number(value: number): string {
  return value.toLocaleString('en')
}
