/** The public interface of the package, the same in Node and in browsers. */

export type {
  Cluster,
  ClusterEvents,
  Explanation,
  Heartbeat,
  LeaveOptions,
  StoreState,
  UpdateChange,
} from './api/cluster.ts'
export type {
  Config,
  ConfigChange,
  ConfigConflict,
  ConfigEvents,
  ConfigInputs,
  ConfigOptions,
  ConfigRejection,
  ConfigSchema,
  ConfigValues,
  ConfigVersion,
} from './api/config.ts'
export type { Convergence, SettledOptions } from './api/convergence.ts'
export {
  InvalidOptionsError,
  InvalidValueError,
  ListenError,
  NotAllowedError,
  NotRunningError,
  RateLimitError,
  StorageError,
} from './api/errors.ts'
export type { Health } from './api/health.ts'
export type { HeldBy, HeldByOptions, HeldSpace } from './api/held-by.ts'
export type { Invitation, InviteOptions } from './api/invitation.ts'
export type { KeyHolders, KeyInfo, Keyring, KeyringOptions } from './api/keyring.ts'
export type { MemberOptions } from './api/member-options.ts'
export type {
  Other,
  OtherView,
  Presence,
  PresenceEvents,
  PresenceUpdate,
  PresenceView,
} from './api/presence.ts'
export type { Problem, ProblemName } from './api/problem.ts'
export type {
  AskedQuery,
  ClusterBroadcast,
  Query,
  QueryAnswer,
  QueryFailure,
  QueryHandler,
  QueryOptions,
  QueryResult,
} from './api/query.ts'
export type { Room, RoomEvent, RoomEvents } from './api/room.ts'
export type {
  DocumentAwareness,
  DocumentCollision,
  DocumentEpoch,
  DocumentNotAllowed,
  DocumentOptions,
  DocumentSuperseded,
  DocumentTooLarge,
  Provider,
  ProviderEvents,
  ProviderStatus,
  RoomDocument,
} from './api/room-document.ts'
export type { RoomOptions } from './api/room-options.ts'
export type { Store } from './api/store.ts'
export { decodeTicket, type Ticket } from './api/ticket.ts'
export type { Writers } from './api/writers.ts'
export { type Authority, createAuthority } from './libp2p/create-authority.ts'
export type { HearsayComponents, HearsayInit, HearsayService } from './libp2p/hearsay-options.ts'
export type { IceServer, JoinOptions, KeyWrapping, PreparedMember } from './libp2p/join-options.ts'
export type { ClusterEventType, Member, MemberAttention, MemberStatus } from './member/member.ts'
export type { Json } from './wire/json.ts'
