/**
 * For other makers of a `Cluster`, such as a view over a port: the stores, events, errors and checks of an app's handles,
 * without a member and without libp2p.
 */
export * from './api/errors.ts'
export { checkMemberId, checkSuspend, checkUpdate } from './api/member-options.ts'
export { type SharedValue, sharedValue } from './api/shared-value.ts'
export type { Clock } from './base/clock.ts'
export { seedPlaceholder } from './documents/document-seed.ts'
export { emitIsolated, isolateObservers } from './documents/isolated-observers.ts'
export { type LocalClaim, PresenceAwareness } from './documents/presence-awareness.ts'
export { checkDocument } from './documents/room-documents.ts'
export { checkFields, LocalPresence } from './handles/local-presence.ts'
export { reportAppError, reportRejection } from './runtime/app-calls.ts'
export { AppEvents } from './runtime/app-events.ts'
export { AppNotifications } from './runtime/app-notifications.ts'
export { createStore, type OwnedStore } from './runtime/owned-store.ts'
export { systemClock } from './runtime/system-clock.ts'
export { limits } from './wire/limits.ts'
