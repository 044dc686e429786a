/**
 * For other makers of a `Cluster`, such as a view over a port: the stores, events, errors and checks of an app's handles,
 * without a member and without libp2p.
 */

export {
  checkAnswer,
  checkMemberId,
  checkSignal,
  checkSpaceName,
  checkSuspend,
  checkUpdate,
} from './api/call-options.ts'
export { type ConfigSettings, checkSameSettings, configSettings } from './api/config-options.ts'
export { type CheckValue, checkWith } from './api/config-schema.ts'
export * from './api/errors.ts'
export { checkOptionNames } from './api/option-names.ts'
export { type QueryRequest, queryRequest, sharedQueryValue } from './api/query-checks.ts'
export { checkSameRoom, type RoomSettings, roomSettings } from './api/room-options.ts'
export { broadcastValue, type SharedValue, sharedValue } from './api/shared-value.ts'
export { decodeTicket, type Ticket } from './api/ticket.ts'
export { givenWriters, mayWrite, notWriterError } from './api/writers.ts'
export type { Clock } from './base/clock.ts'
export { hasSpaceForKey } from './config/key-capacity.ts'
export { followClientId } from './documents/client-id.ts'
export { seedPlaceholder } from './documents/document-seed.ts'
export { replaceUnencodable } from './documents/encodable-values.ts'
export { isolateObservers } from './documents/isolated-observers.ts'
export { type AwarenessClaims, type LocalClaim, PresenceAwareness } from './documents/presence-awareness.ts'
export { ProviderState } from './documents/provider-state.ts'
export { checkDocument, checkDocumentCount } from './documents/room-documents.ts'
export { type ViewAwareness, viewAwarenessOf } from './documents/view-awareness.ts'
export { type ConfigVersions, ConfigView, watchKey } from './handles/config-view.ts'
export { checkConfigKey, checkedEntry, checkWriter } from './handles/config-write-checks.ts'
export { checkFields, LocalPresence, sharedAwareness } from './handles/local-presence.ts'
export { RunningQuery } from './handles/running-query.ts'
export { withLeave } from './handles/with-leave.ts'
export { reportAppError, reportRejection } from './runtime/app-calls.ts'
export { AppEvents } from './runtime/app-events.ts'
export { AppNotifications } from './runtime/app-notifications.ts'
export {
  countOpenings,
  endAppOpenings,
  endOpening,
  firstOpening,
  markOpening,
  type Openings,
} from './runtime/handle-openings.ts'
export { pendingQuery } from './runtime/lazy-queries.ts'
export { createStore, type OwnedStore } from './runtime/owned-store.ts'
export { QueryHandlers } from './runtime/query-handlers.ts'
export { AnswerFailedError, QueryRunner } from './runtime/query-runner.ts'
export { systemClock } from './runtime/system-clock.ts'
export { applyGuarded, applyUpdate, isAppliedBy } from './spaces/documents/apply-update.ts'
export * as limits from './wire/limits.ts'
