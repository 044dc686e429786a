/**
 * The suspense entry point: the same names as in the main entry point, but no hook returns null. A hook that
 * reads the cluster, a room or a config suspends until the member has joined the cluster or room, or opened the
 * config. If that fails, the hook throws to the nearest error boundary. On a server, which joins no cluster,
 * `ClusterProvider` renders no children.
 */
'use client'

import { useRoomSession, useSession } from './contexts.ts'
import type { RoomHooks } from './room-hooks.ts'
import { RoomProvider } from './room-provider.tsx'
import type { AnyPresence } from './room-session.ts'
import { useAwaited } from './use-async-state.ts'
import { type UseCanWrite, useCanWrite as useCanWriteNow } from './use-can-write.ts'
import { type UseCluster, useCluster as useClusterNow } from './use-cluster.ts'
import { type ConfigRef, type UseConfig, useConfig as useConfigNow, useConfigSource } from './use-config.ts'
import { type UseConfigValue, useConfigValue as useConfigValueNow } from './use-config-value.ts'
import { type UseDocument, useDocument as useDocumentNow } from './use-document.ts'
import { type UseHealth, useHealth as useHealthNow } from './use-health.ts'
import { type UseMember, useMember as useMemberNow } from './use-member.ts'
import { type UseMembers, useMembers as useMembersNow } from './use-members.ts'
import { type UseOthers, useOthers as useOthersNow } from './use-others.ts'
import { type UseOthersMapped, useOthersMapped as useOthersMappedNow } from './use-others-mapped.ts'
import { type UsePresence, usePresence as usePresenceNow } from './use-presence.ts'
import { type UseRoom, useRoom as useRoomNow } from './use-room.ts'
import { type UseSelf, useSelf as useSelfNow } from './use-self.ts'
import { useUpdatePresence } from './use-update-presence.ts'

export type { ClusterProviderProps } from './cluster-provider.tsx'
export { type ConfigDefinition, defineConfig } from './define-config.ts'
export { ClusterProvider } from './mounted-cluster-provider.tsx'
export { RoomProvider, type RoomProviderProps } from './room-provider.tsx'
export type { AnyPresence } from './room-session.ts'
export type { ClusterSource } from './session.ts'
export { useBroadcast } from './use-broadcast.ts'
export { type ConnectionState, type ConnectionStatus, useConnectionStatus } from './use-connection-status.ts'
export { useEvent } from './use-event.ts'
export type { IsEqual } from './use-store.ts'
export { type UpdatePresence, type UseUpdatePresence, useUpdatePresence } from './use-update-presence.ts'
export type { RoomHooks, UseOthers, UseOthersMapped, UsePresence, UseRoom }

/** A hook that suspends in `useFirst`, then returns what `useThen` returns. */
function awaiting(useFirst: (...given: never[]) => unknown, useThen: (...given: never[]) => unknown): never {
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each hook, when this file is loaded
  const useBoth = (...given: never[]): unknown => {
    useFirst(...given)
    return useThen(...given)
  }
  return useBoth as never
}

const useAwaitedCluster = () => useAwaited(useSession().cluster)
const useAwaitedRoom = () => useAwaited(useRoomSession().source)
const useAwaitedConfig = (asked: ConfigRef) => useAwaited(useConfigSource(asked))

/**
 * The cluster, for features of the cluster that no other hook provides. Suspends until the cluster is joined.
 */
export const useCluster: UseCluster<never> = awaiting(useAwaitedCluster, useClusterNow)
/** This member, or a selected part of it. Suspends until the cluster is joined. */
export const useSelf: UseSelf<never> = awaiting(useAwaitedCluster, useSelfNow)
/** All known members including this one, ordered by id, or a selected part. Suspends until the cluster is joined. */
export const useMembers: UseMembers = awaiting(useAwaitedCluster, useMembersNow)
/** The member with this id, or a selected part; undefined if it is unknown. Suspends until the cluster is joined. */
export const useMember: UseMember = awaiting(useAwaitedCluster, useMemberNow)
/** The health of this member, or a selected part; at most 1 s old. Suspends until the cluster is joined. */
export const useHealth: UseHealth<never> = awaiting(useAwaitedCluster, useHealthNow)

/** The room, for features of the room that no other hook provides. Suspends until the room is joined. */
export const useRoom: UseRoom<AnyPresence, never> = awaiting(useAwaitedRoom, useRoomNow)
/** The presence of the local member in the room, or a selected part. Suspends until the room is joined. */
export const usePresence: UsePresence<AnyPresence> = awaiting(useAwaitedRoom, usePresenceNow)
/** The other members in the room with their presence, or a selected part. Suspends until the room is joined. */
export const useOthers: UseOthers<AnyPresence> = awaiting(useAwaitedRoom, useOthersNow)
/** One value for each other member in the room, as pairs `[id, value]`. Suspends until the room is joined. */
export const useOthersMapped: UseOthersMapped<AnyPresence> = awaiting(useAwaitedRoom, useOthersMappedNow)
/** A Yjs document of the room; without a name the default one. Suspends until the room is joined. */
export const useDocument: UseDocument<never> = awaiting(useAwaitedRoom, useDocumentNow)

/** A shared config, for writing entries. Suspends until the config is open. */
export const useConfig: UseConfig<never> = awaiting(useAwaitedConfig, useConfigNow)
/**
 * The value of one key of a shared config, or what a selector returns for all entries. Suspends until the config is
 * open.
 */
export const useConfigValue: UseConfigValue = awaiting(useAwaitedConfig, useConfigValueNow)

const useAwaitedTarget = (config?: ConfigRef) =>
  // biome-ignore lint/correctness/useHookAtTopLevel: a component passes a config always or never
  config === undefined ? useAwaitedRoom() : useAwaitedConfig(config)
/**
 * Whether this member may write the documents of the room, or a config. Suspends until the room is joined or the config is
 * open.
 */
export const useCanWrite: UseCanWrite = awaiting(useAwaitedTarget, useCanWriteNow)

const roomHooks: RoomHooks<AnyPresence, never> = {
  RoomProvider,
  useRoom,
  usePresence,
  useUpdatePresence,
  useOthers,
  useOthersMapped,
}

/** The same hooks, for rooms in which the presence of a member is a `P`. Call it outside of components. */
export function createRoomHooks<P extends object>(): RoomHooks<P, never> {
  return roomHooks as unknown as RoomHooks<P, never>
}
