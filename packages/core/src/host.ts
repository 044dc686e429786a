/** For hosts of members other than libp2p: the engine, the ports it is given, and the bytes it speaks. */
export { type DetectorKnobs, plainSwim } from '@hearsay/failure-detector'
export { beatIntervalMs } from './cluster/beats.ts'
export { createEngine, type Engine, type Host, type Tuning } from './cluster/engine.ts'
export { Machine } from './cluster/machine.ts'
export type { MemberEvent } from './cluster/membership.ts'
export { checkMemberOptions, firstRecord } from './cluster/options.ts'
export type {
  Channel,
  Clock,
  KeyValueChange,
  KeyValues,
  RumorVerdict,
  Transport,
  TransportListener,
} from './cluster/ports.ts'
export { Face } from './face/face.ts'
export { withLeave } from './face/with-leave.ts'
export { Exchanges, type Step } from './gossip/exchanges.ts'
export { type StoreState, WriteQueue } from './spaces/write-queue.ts'
export { believable, firstIncarnation } from './state/incarnation.ts'
export type { Instant } from './state/instant.ts'
export { Table } from './state/table.ts'
export { clusterTag } from './wire/cluster-tag.ts'
export { encodeRumors, encodeSync, type SyncMessage, syncMessage } from './wire/codec.ts'
export { draftFact, type FactBody, type MemberRecord, type SignedFact } from './wire/fact.ts'
export { memberIdFromKey } from './wire/member-id.ts'
export { type Signer, signedBytes, signedSpaceBytes, type Verifier } from './wire/signing.ts'
export { encodeSpaceRumors } from './wire/space-codec.ts'
export { draftSpaceFact, type SpaceFact, type SpaceFactBody } from './wire/space-fact.ts'
export { spaceTag } from './wire/space-tag.ts'
