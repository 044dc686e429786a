/**
 * Member parts: creates the parts of a membership machine and connects them.
 *
 * Each part receives only the parts that it uses. Parts are created in the order of their dependencies, so none depends on
 * one that is created later.
 */
import { createDetector, type Detector, type DetectorParameters, profiles } from '@hearsay/failure-detector'
import { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import type { MemberGrants } from '../grants/member-grants.ts'
import { Overlay } from '../overlay/overlay.ts'
import { SilentPubsubDetector } from '../overlay/silent-pubsub-detector.ts'
import { noPolicy, type Policy } from '../policy/policy.ts'
import { RumorBatcher } from '../rumors/rumor-batcher.ts'
import { Table } from '../table/table.ts'
import type { MemberRecord } from '../wire/fact.ts'
import { AuthorRates } from './author-rates.ts'
import { ConnectionHandler } from './connection-handler.ts'
import { DepartedMembers, defaultRetentionMs } from './departed-members.ts'
import { DetectorBridge } from './detector-bridge.ts'
import { EffectQueue } from './effect-queue.ts'
import type { Expulsions, MachineAuthority } from './expulsions.ts'
import { FactFilter } from './fact-filter.ts'
import { FactHandler } from './fact-handler.ts'
import { FlapDamping } from './flap-damping.ts'
import { GracefulLeave } from './graceful-leave.ts'
import { HeartbeatArrivals, heartbeatIntervalMs } from './heartbeats.ts'
import { IdentityGuard } from './identity-guard.ts'
import { LocalAnnouncer } from './local-announcer.ts'
import { LocalRecord } from './local-record.ts'
import { MemberEvents } from './member-events.ts'
import { MemberView, type MemberViewOptions } from './member-view.ts'
import { PartitionDetector } from './partition-detector.ts'
import { RefusedFacts } from './refused-facts.ts'
import { RoundTrips } from './round-trips.ts'
import { Standing, type StandingMode } from './standing.ts'
import { Startup } from './startup.ts'
import { SyncHandler } from './sync-handler.ts'

export interface MemberPartsOptions {
  readonly self: string
  /** The first local record: version 1, incarnation from `firstIncarnation`. */
  readonly record: MemberRecord
  /** Bootstrap addresses, as multiaddrs. */
  readonly bootstrap: readonly string[]
  /**
   * The initial state: the parts of another machine, which must not be used any more. The state of these parts is shared and
   * never modified; changes are stored on top, so that thousands of members fit into one simulation.
   */
  readonly prior?: MemberParts
  /** Multiaddrs that an earlier process stored, dialled while this member has no connection. @default [] */
  readonly cachedPeers?: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** The greatest number of members in the table. Our choice: 20,000. @default 20_000 */
  readonly maxMembers?: number
  /** The approximate greatest number of bytes of facts in one sync step. @default 49_152 */
  readonly maxDeltaBytes?: number
  /** For how long dead and left members are advertised. @default `defaultRetentionMs`: one day */
  readonly retentionMs?: number
  /** Detector parameters that replace those of the profile. @default {} */
  readonly parameters?: Partial<DetectorParameters>
  /** The grants of members in a cluster with an authority. @default the cluster has none */
  readonly authority?: MachineAuthority
  /** Whether an id needs standing to be a member. Without effect in a cluster with an authority. @default 'required' */
  readonly standing?: StandingMode
  /** The facts about the cluster. @default no such fact counts */
  readonly policy?: Policy
}

export interface MemberParts {
  readonly effectQueue: EffectQueue
  readonly localRecord: LocalRecord
  readonly announcer: LocalAnnouncer
  readonly table: Table
  readonly policy: Policy
  readonly detector: Detector
  readonly overlay: Overlay
  readonly memberView: MemberView
  readonly roundTrips: RoundTrips
  readonly damping: FlapDamping
  readonly antiEntropy: AntiEntropy
  readonly startup: Startup
  readonly rumors: RumorBatcher
  readonly partition: PartitionDetector
  readonly silentPubsub: SilentPubsubDetector
  readonly heartbeatArrivals: HeartbeatArrivals
  readonly memberEvents: MemberEvents
  readonly departedMembers: DepartedMembers
  readonly gracefulLeave: GracefulLeave
  readonly detectorBridge: DetectorBridge
  readonly connectionHandler: ConnectionHandler
  readonly identity: IdentityGuard
  readonly refusedFacts: RefusedFacts
  readonly rates: AuthorRates
  readonly standing: Standing
  /** In a cluster with an authority. */
  readonly expulsions: Expulsions | undefined
  readonly factFilter: FactFilter
  readonly factHandler: FactHandler
  readonly syncHandler: SyncHandler
}

export function createMemberParts(options: MemberPartsOptions, now: Instant): MemberParts {
  const { self, record, bootstrap, cachedPeers = [], random, profile, prior } = options
  const grants = options.authority?.grants
  const {
    maxMembers = 20_000,
    maxDeltaBytes = 49_152,
    retentionMs = defaultRetentionMs,
    parameters = {},
  } = options
  const nowMs = now.monotonicMs
  const effectQueue = new EffectQueue()
  const localRecord = new LocalRecord(record)
  const firstHeartbeatMs = nowMs + (prior ? random() * heartbeatIntervalMs(prior.table.size) : 0)
  const announcer = new LocalAnnouncer(self, localRecord, effectQueue, firstHeartbeatMs)
  const table = new Table({ maxMembers, maxTombstones: maxMembers, prior: prior?.table })
  const policy = options.policy ?? noPolicy
  const detector = createDetector({
    self,
    random,
    profile,
    parameters,
    ...(prior && { prior: prior.detector }),
  })
  const overlay = new Overlay({ self, bootstrap, cachedPeers, random, prior: prior?.overlay }, nowMs)
  const rolesOf = grants && rolesBy(grants)
  const memberView = new MemberView(self, { prior: prior?.memberView, rolesOf })
  const roundTrips = new RoundTrips(random)
  const damping = new FlapDamping(parameters.probeIntervalMs ?? profiles[profile].probeIntervalMs)
  const hasCompared = prior !== undefined
  const antiEntropy = new AntiEntropy({ table, policy, random, maxDeltaBytes, hasCompared }, nowMs)
  const refusedFacts = new RefusedFacts()
  const rates = new AuthorRates(self)
  const standing = new Standing({
    mode: grants ? 'granted' : (options.standing ?? 'required'),
    grants,
    table,
    overlay,
    antiEntropy,
    refusedFacts,
  })
  const factFilter = new FactFilter({ self, table, policy, standing, rates, refusedFacts })
  const startup = new Startup(overlay, antiEntropy, nowMs)
  const rumors = new RumorBatcher()
  const partition = new PartitionDetector()
  const heartbeatArrivals = new HeartbeatArrivals()
  const departedMembers = new DepartedMembers({
    table,
    overlay,
    memberView,
    damping,
    effectQueue,
    retentionMs,
  })
  const memberEvents = new MemberEvents(
    {
      self,
      localRecord,
      table,
      detector,
      overlay,
      memberView,
      departedMembers,
      partition,
      damping,
      effectQueue,
    },
    nowMs,
  )
  const expulsions = options.authority?.expulsions({
    self,
    grants: options.authority.grants,
    localRecord,
    table,
    policy,
    overlay,
    memberView,
    departedMembers,
    effectQueue,
  })
  const gracefulLeave = new GracefulLeave({ self, localRecord, table, overlay, antiEntropy, effectQueue })
  const detectorBridge = new DetectorBridge({
    self,
    detector,
    table,
    overlay,
    memberView,
    antiEntropy,
    localRecord,
    announcer,
    memberEvents,
    effectQueue,
  })
  const identity = new IdentityGuard({ self, localRecord, detectorBridge, effectQueue })
  const factHandler = new FactHandler({
    self,
    table,
    policy,
    detector,
    overlay,
    rumors,
    antiEntropy,
    heartbeatArrivals,
    memberEvents,
    detectorBridge,
    identity,
    announcer,
    standing,
    expulsions,
    rates,
    gracefulLeave,
    effectQueue,
  })
  const connectionHandler = new ConnectionHandler({
    self,
    table,
    overlay,
    antiEntropy,
    roundTrips,
    detectorBridge,
    effectQueue,
    factHandler,
    standing,
  })
  const syncHandler = new SyncHandler({
    table,
    factHandler,
    antiEntropy,
    roundTrips,
    localRecord,
    gracefulLeave,
    effectQueue,
  })
  return {
    effectQueue,
    localRecord,
    announcer,
    table,
    policy,
    detector,
    overlay,
    memberView,
    roundTrips,
    damping,
    antiEntropy,
    startup,
    rumors,
    partition,
    silentPubsub: new SilentPubsubDetector(),
    heartbeatArrivals,
    memberEvents,
    departedMembers,
    gracefulLeave,
    detectorBridge,
    connectionHandler,
    identity,
    refusedFacts,
    rates,
    standing,
    expulsions,
    factFilter,
    factHandler,
    syncHandler,
  }
}

/** The roles that the grants in a record give; undefined if it has none. */
function rolesBy(grants: MemberGrants): NonNullable<MemberViewOptions['rolesOf']> {
  return ({ author, record }) => grants.chainOf(author, record.grants)?.last.roles
}
