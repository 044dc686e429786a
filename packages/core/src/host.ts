/** For hosts of members other than libp2p: the engine, the ports it is given, and the bytes it speaks. */
export { type DetectorKnobs, plainSwim } from '@hearsay/failure-detector'
export { Exchanges, type Step } from './anti-entropy/anti-entropy.ts'
export { checkMemberOptions, firstRecord } from './api/member-options.ts'
export type { Instant } from './base/clock.ts'
export { Face } from './handles/cluster-handle.ts'
export { withLeave } from './handles/with-leave.ts'
export { beatIntervalMs } from './member/heartbeat-interval.ts'
export type { MemberEvent } from './member/member-view.ts'
export { Machine } from './member/membership-machine.ts'
export { createEngine, type Engine, type Host, type Tuning } from './runtime/engine.ts'
export type {
  Channel,
  Clock,
  KeyValueChange,
  KeyValues,
  RumorVerdict,
  Transport,
  TransportListener,
} from './runtime/ports.ts'
export { type StoreState, WriteQueue } from './storage/write-queue.ts'
export { believable, firstIncarnation } from './table/incarnation.ts'
export { Table } from './table/table.ts'
export { encodeRumors, encodeSync, type SyncMessage, syncMessage } from './wire/codec.ts'
export { draftFact, type FactBody, type MemberRecord, type SignedFact } from './wire/fact.ts'
export { memberIdFromKey } from './wire/member-id.ts'
export { type Signer, signedBytes, signedSpaceBytes, type Verifier } from './wire/signing.ts'
export { encodeSpaceRumors } from './wire/space-codec.ts'
export { draftSpaceFact, type SpaceFact, type SpaceFactBody } from './wire/space-fact.ts'
export { spaceTag } from './wire/space-tag.ts'
export { clusterTag } from './wire/tags.ts'
