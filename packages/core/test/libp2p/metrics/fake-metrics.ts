/** Fake metrics: a libp2p metrics library that collects as `@libp2p/prometheus-metrics` does, in the order of registration. */
import type { Metrics } from '@libp2p/interface'

type Values = number | Record<string, number>

export interface Collected {
  readonly kind: 'metric' | 'counter' | 'histogram'
  readonly label: string | undefined
  value: Values
}

export function fakeMetrics() {
  const all = new Map<string, Collected & { readonly calculate?: () => Values | Promise<Values> }>()
  const register = (kind: Collected['kind'], empty: () => Values) => (name: string, options: object) => {
    const { label, calculate } = options as { label?: string; calculate?: () => Values }
    const entry = { kind, label, value: empty(), ...(calculate && { calculate }) }
    all.set(name, entry)
    return {
      increment(by: Values) {
        if (typeof by === 'number') entry.value = (entry.value as number) + by
        else {
          const sums = entry.value as Record<string, number>
          for (const [key, value] of Object.entries(by)) sums[key] = (sums[key] ?? 0) + value
        }
      },
      observe(value: number) {
        const samples = entry.value as Record<string, number>
        samples[Object.keys(samples).length] = value
      },
    }
  }
  const metrics = {
    registerMetric: register('metric', () => 0),
    registerMetricGroup: register('metric', () => ({})),
    registerCounter: register('counter', () => 0),
    registerCounterGroup: register('counter', () => ({})),
    registerHistogram: register('histogram', () => ({})),
  } as unknown as Metrics
  return {
    metrics,
    names: () => [...all.keys()],
    get: (name: string) => all.get(name),
    async collect(): Promise<void> {
      await Promise.all(
        [...all.values()].map(async entry => {
          if (entry.calculate) entry.value = await entry.calculate()
        }),
      )
    },
  }
}
