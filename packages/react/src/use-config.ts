import type { Config, ConfigSchema } from '@hearsay/core'
import { useEffect, useMemo } from 'react'
import { useSession } from './contexts.ts'
import type { ConfigDefinition } from './define-config.ts'
import type { Resource } from './resource.ts'
import type { AnyConfig } from './session.ts'
import { useAsyncState } from './use-async-state.ts'

/** @typeParam None what the hook returns before the config is open */
export interface UseConfig<None> {
  (name: string): Config | None
  <S extends ConfigSchema | undefined>(definition: ConfigDefinition<S>): Config<S> | None
}

/** A config by name, or by the definition that `defineConfig` returns. */
export type ConfigRef = string | ConfigDefinition<ConfigSchema | undefined>

/**
 * A shared config, to write to. All components of a cluster share one open config, which is left 1 s after the last of
 * them unmounts, unless the app itself has it open. Null until the config is open, and if the cluster could not be joined.
 * Changes of the config do not render the component. To render after changes, use `useConfigValue`.
 *
 * @throws {Error} to the error boundary: the config could not be opened, or is in use with other options
 */
export const useConfig: UseConfig<null> = ((asked: ConfigRef): AnyConfig | null => {
  const source = useConfigSource(asked)
  useEffect(() => source.retain(), [source])
  const outcome = useAsyncState(source)
  // `useConnectionStatus` reports a cluster that could not be joined.
  const isJoinable = useAsyncState(useSession().cluster).type !== 'failed'
  if (outcome.type === 'failed' && isJoinable) throw outcome.error
  return outcome.type === 'ready' ? outcome.value : null
}) as UseConfig<null>

/** The shared config as a resource. The resource does not open the config until it is retained or awaited. */
export function useConfigSource(asked: ConfigRef): Resource<AnyConfig> {
  const session = useSession()
  return useMemo(() => session.config(asked), [session, asked])
}
