/**
 * Metric registry: registers the catalogue with the metrics of a libp2p node, and reports to it when the metrics are collected.
 *
 * Nothing is reported between two collections, so the work of a member costs plain additions, and a library of metrics that
 * throws does not affect it. Counters are reported as differences, because libraries disagree about what a calculated counter
 * returns: for `@libp2p/prometheus-metrics` the difference since the last collection, for `@libp2p/opentelemetry-metrics` the
 * total. The first gauge reports the counters: both libraries read gauges first, in the order of their registration.
 */
import type { Counter, CounterGroup, Histogram, Metrics } from '@libp2p/interface'
import {
  type CounterName,
  catalogue,
  type GaugeName,
  type GaugeReaders,
  type HistogramName,
  type MetricName,
  type Totals,
} from './catalogue.ts'
import type { CounterDefinition, GaugeDefinition, MetricDefinition } from './definition.ts'

/** Samples of one histogram that wait to be collected. Our choice: a minute of probes at 64 members. */
const maxSamples = 1_024

type Values = number | Readonly<Record<string, number>>

export interface MetricSources {
  readonly gauges: GaugeReaders
  /** Undefined before the member starts. */
  readonly totals: () => Totals | undefined
  /** Gauges that this member does not have. */
  readonly without: ReadonlySet<GaugeDefinition['only']>
}

export class MetricRegistry {
  readonly #sources: MetricSources
  /** Adds to a counter what was not reported yet. */
  readonly #counters = new Map<CounterName, (total: Values) => void>()
  readonly #histograms = new Map<
    HistogramName,
    { readonly histogram: Histogram; readonly samples: number[] }
  >()

  constructor(metrics: Metrics, sources: MetricSources) {
    this.#sources = sources
    for (const [name, definition] of ofKind('gauge'))
      this.#registerGauge(metrics, name as GaugeName, definition)
    for (const [name, definition] of ofKind('counter'))
      this.#counters.set(name as CounterName, registerCounter(metrics, name, definition))
    for (const [name, { help, buckets }] of ofKind('histogram')) {
      const histogram = metrics.registerHistogram(name, { help, buckets: [...buckets] })
      this.#histograms.set(name as HistogramName, { histogram, samples: [] })
    }
  }

  /** Adds a sample to a histogram. Beyond 1,024 that were not collected yet, the oldest are dropped. */
  observe(name: HistogramName, value: number): void {
    const samples = this.#histograms.get(name)?.samples
    samples?.push(value)
    if (samples && samples.length > maxSamples) samples.shift()
  }

  #registerGauge(metrics: Metrics, name: GaugeName, { help, label, only }: GaugeDefinition): void {
    if (only && this.#sources.without.has(only)) return
    const reportsOthers = name === firstGauge
    const read: () => Values | Promise<Values> = this.#sources.gauges[name]
    const calculate = () => {
      if (reportsOthers) this.#report()
      return read()
    }
    if (label)
      metrics.registerMetricGroup(name, {
        help,
        label: label.name,
        calculate: calculate as () => Record<string, number>,
      })
    else metrics.registerMetric(name, { help, calculate: calculate as () => number })
  }

  #report(): void {
    const totals = this.#sources.totals()
    if (totals) for (const [name, report] of this.#counters) report(totals[name])
    for (const { histogram, samples } of this.#histograms.values())
      for (const value of samples.splice(0)) histogram.observe(value)
  }
}

function ofKind<Kind extends MetricDefinition['kind']>(
  kind: Kind,
): [MetricName, Extract<MetricDefinition, { kind: Kind }>][] {
  return Object.entries(catalogue).filter(([, definition]) => definition.kind === kind) as never
}

const [[firstGauge]] = ofKind('gauge') as [[MetricName, GaugeDefinition]]

/** @returns a function that takes the total. A total below the last one begins a new run of the member: it counts from 0. */
function registerCounter(
  metrics: Metrics,
  name: MetricName,
  { help, label }: CounterDefinition,
): (total: Values) => void {
  if (!label) {
    const counter: Counter = metrics.registerCounter(name, { help })
    const increase = increases()
    return total => counter.increment(increase('', Number(total)))
  }
  const group: CounterGroup = metrics.registerCounterGroup(name, { help, label: label.name })
  const increase = increases()
  const report = (total: Values) =>
    group.increment(
      Object.fromEntries(Object.entries(total).map(([value, sum]) => [value, increase(value, sum)])),
    )
  // A series that begins with 0 shows its first increase.
  report(Object.fromEntries(Object.keys(label.values).map(value => [value, 0])))
  return report
}

function increases(): (key: string, total: number) => number {
  const reported = new Map<string, number>()
  return (key, total) => {
    const before = reported.get(key) ?? 0
    reported.set(key, total)
    return total < before ? total : total - before
  }
}
