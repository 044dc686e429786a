import { describe, expect, it } from 'vitest'
import { catalogue, type GaugeReaders, type Totals } from '../../../src/libp2p/metrics/catalogue.ts'
import type { MetricDefinition } from '../../../src/libp2p/metrics/definition.ts'
import { MetricRegistry, type MetricSources } from '../../../src/libp2p/metrics/metric-registry.ts'
import { fakeMetrics } from './fake-metrics.ts'

const entries = Object.entries<MetricDefinition>(catalogue)

function zeros(kind: MetricDefinition['kind']): Record<string, unknown> {
  const zeroOf = (definition: MetricDefinition) =>
    'label' in definition && definition.label
      ? Object.fromEntries(Object.keys(definition.label.values).map(value => [value, 0]))
      : 0
  return Object.fromEntries(
    entries.filter(([, each]) => each.kind === kind).map(([name, each]) => [name, zeroOf(each)]),
  )
}

function registry({ without = new Set(), ...others }: Partial<MetricSources> = {}) {
  const fake = fakeMetrics()
  const totals = zeros('counter') as { hearsay_pauses_total: number }
  const gauges = Object.fromEntries(Object.entries(zeros('gauge')).map(([name, zero]) => [name, () => zero]))
  const sources: MetricSources = {
    gauges: gauges as unknown as GaugeReaders,
    totals: () => totals as unknown as Totals,
    without,
    ...others,
  }
  return { ...fake, totals, registry: new MetricRegistry(fake.metrics, sources) }
}

describe('the metric registry', () => {
  it('registers the whole catalogue', () => {
    expect(registry().names().sort()).toEqual(Object.keys(catalogue).sort())
  })

  it('registers nothing that only other members have', () => {
    const names = registry({ without: new Set(['relay', 'storage'] as const) }).names()
    expect(names).not.toContain('hearsay_relay_reservations')
    expect(names).not.toContain('hearsay_storage_bytes')
    expect(names).toContain('hearsay_members')
  })

  it('reports what was added to a counter since the last collection, within the same collection', async () => {
    const { totals, collect, get } = registry()
    totals.hearsay_pauses_total = 3
    await collect()
    expect(get('hearsay_pauses_total')?.value).toBe(3)
    totals.hearsay_pauses_total = 5
    await collect()
    await collect()
    expect(get('hearsay_pauses_total')?.value).toBe(5)
  })

  it('goes on counting if the source begins with 0 again', async () => {
    const { totals, collect, get } = registry()
    totals.hearsay_pauses_total = 3
    await collect()
    totals.hearsay_pauses_total = 1
    await collect()
    expect(get('hearsay_pauses_total')?.value).toBe(4)
  })

  it('shows each value of a label from the beginning', () => {
    expect(registry().get('hearsay_rumors_total')?.value).toEqual({ accept: 0, ignore: 0, reject: 0 })
  })

  it('keeps the samples of a histogram for the next collection, at most 1,024', async () => {
    const { registry: all, collect, get } = registry()
    for (let i = 0; i < 1_030; i++) all.observe('hearsay_detection_seconds', i)
    expect(get('hearsay_detection_seconds')?.value).toEqual({})
    await collect()
    await collect()
    const samples = Object.values(get('hearsay_detection_seconds')?.value ?? {})
    expect([samples.length, samples[0], samples.at(-1)]).toEqual([1_024, 6, 1_029])
  })
})
