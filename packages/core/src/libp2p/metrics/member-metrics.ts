/**
 * Member metrics: connects one member with the metrics of its libp2p node. The module is loaded only on a node that has
 * metrics.
 *
 * The parts of the member are wrapped, so a member without metrics does nothing for them. Only types are imported from other
 * folders, so that bundles of the other code do not change.
 */
import type { Connection, Metrics } from '@libp2p/interface'
import type { Problem, ProblemName } from '../../api/problem.ts'
import type { Clock } from '../../base/clock.ts'
import type { MachineInput } from '../../member/machine-io.ts'
import type { Member, MemberStatus } from '../../member/member.ts'
import type { Engine, Host } from '../../runtime/engine.ts'
import type { TransportListener } from '../../runtime/ports.ts'
import type { AdmissionGate } from '../admission/admission-gate.ts'
import type { RefusalReason } from '../admission/refusals.ts'
import type { HearsayComponents } from '../hearsay-options.ts'
import type { NodeFigures, NodeHealth } from '../platform.ts'
import type { Libp2pTransport } from '../transport.ts'
import type { GaugeReaders, Totals } from './catalogue.ts'
import { DetectionMeter } from './detection-meter.ts'
import { MetricRegistry } from './metric-registry.ts'
import { TableAgreement } from './table-agreement.ts'
import { TimedKeys } from './timed-keys.ts'
import { TrafficCounters } from './traffic-counters.ts'

export interface MemberMetricsOptions {
  readonly metrics: Metrics
  readonly components: HearsayComponents
  readonly clock: Clock
  readonly gate: AdmissionGate
  readonly problems: () => readonly Problem[]
  readonly figures?: NodeFigures
  readonly nodeHealth?: NodeHealth
}

/** The running parts of the member. A node that starts again has new ones. */
interface Running {
  readonly engine: Engine
  readonly transport: Libp2pTransport
}

export class MemberMetrics {
  readonly #options: MemberMetricsOptions
  readonly #registry: MetricRegistry
  readonly #detection: DetectionMeter
  readonly #traffic: TrafficCounters
  readonly #agreement = new TableAgreement()
  readonly #keys = new TimedKeys()
  #running: Running | undefined

  constructor(options: MemberMetricsOptions) {
    this.#options = options
    const { metrics, components, gate, figures = {} } = options
    this.#detection = new DetectionMeter({
      nowMs: () => this.#nowMs(),
      observe: (name, seconds) => this.#registry.observe(name, seconds),
    })
    this.#traffic = new TrafficCounters(from => this.#detection.received(from))
    this.#registry = new MetricRegistry(metrics, {
      gauges: this.#gauges(),
      totals: () => this.#totals(),
      without: new Set([
        ...(figures.relay ? [] : (['relay'] as const)),
        ...(figures.storageBytes ? [] : (['storage'] as const)),
      ]),
    })
    components.events.addEventListener('connection:open', ({ detail }: CustomEvent<Connection>) => {
      const sinceMs = this.#nowMs()
      void gate.whenAdmitted(detail).then(isAdmitted => {
        if (isAdmitted) this.#registry.observe('hearsay_handshake_seconds', (this.#nowMs() - sinceMs) / 1000)
      })
    })
  }

  /** The same host, measured. */
  measured(host: Host): Host {
    return {
      ...host,
      transport: this.#traffic.counted(host.transport),
      keys: this.#keys.timed(host.keys),
      observer: {
        input: input => {
          this.#detection.input(input)
          this.#compare(input)
        },
        effect: effect => this.#detection.effect(effect),
      },
    }
  }

  /** From now on the metrics are those of this engine. @returns the engine's driver, measured */
  follow(running: Running): TransportListener {
    this.#running = running
    return this.#traffic.listening(running.engine.driver)
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs
  }

  #compare(input: MachineInput): void {
    if (input.type === 'connection' && input.state !== 'open') this.#agreement.closed(input.id)
    if (input.type !== 'sync' || !this.#running) return
    const { tableHash } = input.message
    const own = this.#running.engine.machine.table.hash()
    if (tableHash)
      this.#agreement.compared(
        input.from,
        tableHash.every((byte, i) => byte === own[i]),
        this.#nowMs(),
      )
  }

  #gauges(): GaugeReaders {
    const { figures = {}, gate, components, problems } = this.#options
    const machine = () => this.#running?.engine.machine
    const health = () => machine()?.health()
    const spaces = () => this.#running?.engine.driver.spacesUsage()
    const documents = () => this.#running?.engine.driver.documentsUsage()
    const flag = (isSet: boolean | undefined) => (isSet ? 1 : 0)
    return {
      hearsay_members: () => countStatuses(machine()?.members() ?? []),
      hearsay_table_rows: () => machine()?.table.size ?? 0,
      hearsay_table_capacity_rows: () => machine()?.table.capacity.of ?? 0,
      hearsay_provisional_members: () => health()?.provisional ?? 0,
      hearsay_problems: () => countNames(problems()),
      hearsay_partition_suspected: () => flag(health()?.partitionSuspected),
      hearsay_identity_copied: () => flag(health()?.identityCopied),
      hearsay_local_health: () => health()?.localHealth ?? 0,
      hearsay_disagreement_seconds: () => this.#agreement.disagreementMs(this.#nowMs()) / 1000,
      hearsay_connected_members: () => health()?.connections ?? 0,
      hearsay_connections: () =>
        countKinds(components.connectionManager.getConnections().filter(each => gate.isAdmitted(each))),
      hearsay_relay_reservations: () => figures.relay?.reservations() ?? 0,
      hearsay_relay_capacity_reservations: () => figures.relay?.maxReservations ?? 0,
      hearsay_spaces: () => spaces()?.spaces ?? 0,
      hearsay_space_facts: () => spaces()?.facts ?? 0,
      hearsay_documents: () => documents()?.documents ?? 0,
      hearsay_document_items: () => documents()?.items ?? 0,
      hearsay_document_transfers: () => spaces()?.transfers ?? 0,
      hearsay_storage_failing: () => flag(this.#running?.engine.host.writes.state.status === 'failing'),
      hearsay_storage_bytes: async () => (await figures.storageBytes?.()) ?? 0,
      hearsay_queue_length: () => {
        const { rumors = 0, dials = 0 } = machine()?.usage() ?? {}
        return { rumors, dials, writes: this.#running?.engine.host.writes.size ?? 0 }
      },
    }
  }

  #totals(): Totals | undefined {
    if (!this.#running) return undefined
    const { engine, transport } = this.#running
    const health = engine.machine.health()
    const { rejected = 0, limited = 0, collisions = 0, unopened = 0 } = engine.driver.spacesUsage() ?? {}
    const { events, dials, probesSent, suspicionsRaised, falseDeaths } = this.#detection
    const traffic = this.#traffic
    return {
      hearsay_member_events_total: events,
      hearsay_pauses_total: health.pauses,
      hearsay_paused_seconds_total: engine.machine.pausedMs / 1000,
      hearsay_probes_sent_total: probesSent,
      hearsay_suspicions_raised_total: suspicionsRaised,
      hearsay_suspicions_refuted_total: events.recover + health.refutedSuspicions,
      hearsay_refutations_total: this.#detection.refutations,
      hearsay_false_deaths_total: falseDeaths,
      hearsay_sent_bytes_total: traffic.sentBytes,
      hearsay_received_bytes_total: traffic.receivedBytes,
      hearsay_sent_messages_total: traffic.sentMessages,
      hearsay_received_messages_total: traffic.receivedMessages,
      hearsay_rumors_total: traffic.rumors,
      hearsay_exchanges_total: this.#agreement.outcomes,
      hearsay_dials_total: dials,
      hearsay_bootstrap_dials_total: traffic.bootstrapDials,
      hearsay_refused_connections_total: transport.refusals?.counts ?? noRefusedConnections,
      hearsay_dropped_connections_total: this.#options.nodeHealth?.().droppedConnections ?? 0,
      hearsay_aborted_streams_total: transport.abortedStreams,
      hearsay_violations_total: engine.driver.violations(),
      hearsay_refused_facts_total: health.refusedFacts,
      hearsay_rejected_facts_total: rejected,
      hearsay_limited_messages_total: limited,
      hearsay_unopened_messages_total: unopened,
      hearsay_client_id_collisions_total: collisions,
      hearsay_verified_facts_total: this.#keys.outcomes,
      hearsay_verify_seconds_total: this.#keys.verifySeconds,
    }
  }
}

const noRefusedConnections: Readonly<Record<RefusalReason, number>> = {
  'not-accepted': 0,
  'wrong-proof': 0,
  'no-grants': 0,
  'removed-key': 0,
  'replaced-secret': 0,
  'no-proof': 0,
  unsupported: 0,
  violations: 0,
}

function countStatuses(members: readonly Member[]): Record<MemberStatus, number> {
  const counts: Record<MemberStatus, number> = { alive: 0, suspect: 0, dead: 0, left: 0 }
  for (const { status } of members) counts[status] += 1
  return counts
}

function countNames(problems: readonly Problem[]): Record<ProblemName, number> {
  const counts: Record<ProblemName, number> = {
    'not-a-member': 0,
    'not-admitted': 0,
    'bootstrap-unreachable': 0,
    alone: 0,
    'local-discovery': 0,
    'no-relay': 0,
    'relay-full': 0,
    clock: 0,
    'identity-copied': 0,
    'cut-off': 0,
    partition: 0,
    paused: 0,
    'lossy-network': 0,
    'silent-connections': 0,
    storage: 0,
    'storage-open': 0,
    full: 0,
  }
  for (const { name } of problems) counts[name] = 1
  return counts
}

type ConnectionKind = 'tcp' | 'websocket' | 'webrtc' | 'relayed' | 'other'

/** The connections by transport. */
function countKinds(connections: readonly Connection[]): Record<ConnectionKind, number> {
  const counts: Record<ConnectionKind, number> = { tcp: 0, websocket: 0, webrtc: 0, relayed: 0, other: 0 }
  for (const connection of connections) counts[kindOf(connection)] += 1
  return counts
}

function kindOf({ remoteAddr, limits }: Pick<Connection, 'remoteAddr' | 'limits'>): ConnectionKind {
  const names = new Set(remoteAddr.getComponents().map(({ name }) => name))
  if (limits !== undefined) return 'relayed'
  if (names.has('webrtc') || names.has('webrtc-direct')) return 'webrtc'
  if (names.has('ws') || names.has('wss')) return 'websocket'
  return names.has('tcp') ? 'tcp' : 'other'
}
