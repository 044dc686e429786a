/** Metrics over real sockets, with the two libraries that libp2p has. */

import { noise } from '@libp2p/noise'
import { openTelemetryMetrics } from '@libp2p/opentelemetry-metrics'
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { metrics as telemetry } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createLibp2p } from 'libp2p'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/api/cluster.ts'
import { catalogue, type MetricName } from '../../src/libp2p/metrics/catalogue.ts'
import { hearsay } from '../../src/libp2p/node/platform.ts'
import { join, joinMany, leaveAll, loopback, untilAllSee } from './members.ts'

afterEach(leaveAll)

const onlyOf = (name: MetricName): string | undefined => {
  const definition = catalogue[name]
  return 'only' in definition ? definition.only : undefined
}
const names = (Object.keys(catalogue) as MetricName[]).filter(name => onlyOf(name) === undefined)

/** The value of a series, such as `hearsay_members{status="alive"}`. */
async function read(registry: Registry, series: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find(each => each.startsWith(`${series} `))
  return Number(line?.slice(series.length + 1))
}

describe('metrics', { timeout: 60_000 }, () => {
  it('of a member are those of the catalogue, in the format of Prometheus', async () => {
    const registry = new Registry()
    const metrics = prometheusMetrics({ registry, collectDefaultMetrics: false })
    const first = await join({ cluster: 'metrics', metrics })
    const second = await join({ cluster: 'metrics', bootstrap: first.self.addresses })
    await untilAllSee([first, second], 2)
    const text = await registry.metrics()
    for (const name of names) expect(text).toContain(`\n# TYPE ${name} ${catalogue[name].kind}\n`)
    expect(text).not.toContain('hearsay_relay')
    expect(text).not.toContain(second.self.id)
    expect(await read(registry, 'hearsay_members{status="alive"}')).toBe(2)
    expect(await read(registry, 'hearsay_connections{kind="tcp"}')).toBe(1)
    expect(await read(registry, 'hearsay_member_events_total{event="join"}')).toBe(1)
    expect(await read(registry, 'hearsay_handshake_seconds_count')).toBe(1)
    expect(await read(registry, 'hearsay_received_bytes_total{channel="sync"}')).toBeGreaterThan(0)
    expect(await read(registry, 'hearsay_verified_facts_total{outcome="valid"}')).toBeGreaterThan(0)
    await second.leave()
    await untilAllSee([first], 1)
    expect(await read(registry, 'hearsay_members{status="left"}')).toBe(1)
    expect(await read(registry, 'hearsay_member_events_total{event="leave"}')).toBe(1)
    expect(await read(registry, 'hearsay_connected_members')).toBe(0)
  })

  it('of two members in one process are apart, with a registry each', async () => {
    const registries = [new Registry(), new Registry()]
    const members: Cluster[] = []
    for (const registry of registries) {
      const metrics = prometheusMetrics({ registry, collectDefaultMetrics: false })
      const bootstrap = members.flatMap(member => member.self.addresses)
      members.push(await join({ cluster: 'apart', metrics, bootstrap }))
    }
    members.push(await join({ cluster: 'apart', bootstrap: members[0]?.self.addresses ?? [] }))
    await untilAllSee(members, 3)
    await members[1]?.leave()
    await untilAllSee(members.toSpliced(1, 1), 2)
    const left = registries.map(registry => read(registry, 'hearsay_member_events_total{event="leave"}'))
    expect(await Promise.all(left)).toEqual([1, 0])
  })

  it('of a relay and of a store are there if the member is one, or has one', async () => {
    const registry = new Registry()
    const metrics = prometheusMetrics({ registry, collectDefaultMetrics: false })
    const member = await join({ cluster: 'relay', relay: true, metrics })
    expect(await read(registry, 'hearsay_relay_reservations')).toBe(0)
    expect(await read(registry, 'hearsay_relay_capacity_reservations')).toBe(512)
    expect(await registry.metrics()).not.toContain('hearsay_storage_bytes')
    await member.leave()
  })

  it('go on after a node of the app stopped and started again', async () => {
    const registry = new Registry()
    const [other] = await joinMany('node', 1)
    const node = await createLibp2p({
      addresses: { listen: [loopback] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      metrics: prometheusMetrics({ registry, collectDefaultMetrics: false }),
      services: { hearsay: hearsay({ cluster: 'node', bootstrap: other.self.addresses }) },
    })
    const joins = () => read(registry, 'hearsay_member_events_total{event="join"}')
    await untilAllSee([other, node.services.hearsay], 2)
    expect(await joins()).toBe(1)
    await node.stop()
    await node.start()
    await untilAllSee([other, node.services.hearsay], 2)
    expect(await joins()).toBe(2)
    expect(await read(registry, 'hearsay_members{status="alive"}')).toBe(2)
    await node.stop()
  })

  it('reach OpenTelemetry with the same names and totals', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ readers: [reader] })
    telemetry.setGlobalMeterProvider(provider)
    const first = await join({ cluster: 'telemetry', metrics: openTelemetryMetrics() })
    const second = await join({ cluster: 'telemetry', bootstrap: first.self.addresses })
    await untilAllSee([first, second], 2)
    // A counter is a sum, not the sum of all sums so far: collecting twice must not change it.
    await provider.forceFlush()
    exporter.reset()
    await provider.forceFlush()
    const metrics = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(each => each.metrics))
    const points = (name: string) =>
      metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
    const value = (name: string, label: string) =>
      points(name).find(({ attributes }) => Object.values(attributes).includes(label))?.value
    expect(value('hearsay_members', 'alive')).toBe(2)
    expect(value('hearsay_member_events_total', 'join')).toBe(1)
    expect(points('hearsay_handshake_seconds')[0]?.value).toMatchObject({ count: 1 })
    await provider.shutdown()
    telemetry.disable()
  })
})
