import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { metricsPage } from '../../../scripts/metrics-page.ts'
import { catalogue } from '../../../src/libp2p/metrics/catalogue.ts'
import type { MetricDefinition } from '../../../src/libp2p/metrics/definition.ts'

const entries = Object.entries<MetricDefinition>(catalogue)
const units = [
  'seconds',
  'bytes',
  'rows',
  'reservations',
  'members',
  'facts',
  'items',
  'messages',
  'connections',
]

const read = (page: string) => readFileSync(new URL(`../../../../../docs/${page}`, import.meta.url), 'utf8')

/** A histogram has a series for each bucket, for the bucket without a bound, for the sum and for the count. */
function seriesOf(definition: MetricDefinition): number {
  if (definition.kind === 'histogram') return definition.buckets.length + 3
  const label = 'label' in definition ? definition.label : undefined
  return label ? Object.keys(label.values).length : 1
}

describe('the catalogue of metrics', () => {
  it('is what docs/metrics.md says: run `pnpm metrics-page` in packages/core', () => {
    expect(read('metrics.md')).toBe(metricsPage())
  })

  it('has as many series as docs/limits.md says', () => {
    const series = entries.reduce((sum, [, definition]) => sum + seriesOf(definition), 0)
    expect(read('limits.md')).toContain(`| series of one member | ${series},`)
  })

  it.each(entries)('%s follows the conventions of Prometheus', (name, definition) => {
    expect(name).toMatch(/^hearsay_[a-z]+(_[a-z]+)*$/)
    expect(name.endsWith('_total')).toBe(definition.kind === 'counter')
    if (definition.kind === 'histogram') expect(units).toContain(name.split('_').at(-1))
    expect(name).not.toMatch(/_(ms|milliseconds|kb|mb|count|sum|bucket)(_|$)/)
  })

  it.each(entries)('%s has few values of a label', (_, definition) => {
    const label = 'label' in definition ? definition.label : undefined
    expect(Object.keys(label?.values ?? {}).length).toBeLessThanOrEqual(24)
    if (label) expect(label.name).toMatch(/^[a-z]+$/)
  })

  it.each(entries)('%s has buckets in order', (_, definition) => {
    const buckets = definition.kind === 'histogram' ? definition.buckets : []
    expect([...buckets].sort((a, b) => a - b)).toEqual(buckets)
  })
})
