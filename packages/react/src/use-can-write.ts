import { useContext, useMemo } from 'react'
import { RoomContext, useSession } from './contexts.ts'
import { constantStore, nothing, type Resource } from './resource.ts'
import { useReady } from './use-async-state.ts'
import { useCluster } from './use-cluster.ts'
import type { ConfigRef } from './use-config.ts'
import { itself, useStore } from './use-store.ts'

/** The type of `useCanWrite`. */
export type UseCanWrite = (config?: ConfigRef) => boolean

const noRoom: Resource<never> = {
  ...constantStore({ type: 'pending' } as const),
  retain: () => () => {},
  whenSettled: () => Promise.resolve(),
}

/**
 * Whether this member may write: without an argument the documents of the room around the component, with a config or its
 * definition that config. False until the room is joined or the config is open. Renders the component when the answer changes.
 *
 * The hook does not open a config: `useConfig` or `useConfigValue` of the same component does.
 */
export const useCanWrite: UseCanWrite = (config?: ConfigRef) => {
  const session = useSession()
  const roomSource = useContext(RoomContext)?.source ?? noRoom
  const configSource = useMemo(
    () => (config === undefined ? undefined : session.config(config)),
    [session, config],
  )
  const target: { readonly canWrite: boolean } | null = useReady<{ readonly canWrite: boolean }>(
    configSource ?? roomSource,
  )
  // The rights of this member may change with its record.
  useStore(useCluster()?.members ?? nothing, itself)
  return target?.canWrite ?? false
}
