/** What apps import, wherever they run. */
export {
  InvalidOptionsError,
  InvalidValueError,
  ListenError,
  NotAllowedError,
  NotRunningError,
  StorageError,
} from './cluster/errors.ts'
export type { Health } from './cluster/health.ts'
export type { ClusterEventType, Member, MemberStatus } from './cluster/member.ts'
export type { MemberOptions } from './cluster/options.ts'
export type { Store } from './cluster/store.ts'
export type {
  Config,
  ConfigChange,
  ConfigConflict,
  ConfigEvents,
  ConfigInputs,
  ConfigOptions,
  ConfigRefusal,
  ConfigSchema,
  ConfigValues,
  ConfigVersion,
} from './config/config.ts'
export type { Cluster, ClusterEvents, Explanation, Heartbeat } from './face/cluster.ts'
export type { IceServer, JoinOptions } from './libp2p/join-options.ts'
export type { HearsayComponents, HearsayInit, HearsayService } from './libp2p/service.ts'
export type {
  Other,
  Presence,
  PresenceEvents,
  PresenceUpdate,
  Room,
  RoomEvent,
  RoomEvents,
} from './rooms/room.ts'
export type {
  DocumentAwareness,
  DocumentCollision,
  DocumentOptions,
  DocumentTooLarge,
  Provider,
  ProviderEvents,
  ProviderStatus,
  RoomDocument,
} from './rooms/room-document.ts'
export type { StoreState } from './spaces/write-queue.ts'
export type { Json } from './wire/json.ts'
