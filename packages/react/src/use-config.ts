import type { Config, ConfigSchema } from '@hearsay/core'
import { useEffect, useMemo } from 'react'
import { useSession } from './contexts.ts'
import type { ConfigDefinition } from './define-config.ts'
import type { Resource } from './resource.ts'
import type { AnyConfig } from './session.ts'
import { useAsyncState } from './use-async-state.ts'

/** @typeParam None what stands for a config that is not open */
export interface UseConfig<None> {
  (name: string): Config | None
  <S extends ConfigSchema | undefined>(definition: ConfigDefinition<S>): Config<S> | None
}

export type ConfigRef = string | ConfigDefinition<ConfigSchema | undefined>

/**
 * A shared config, to write to: opened once for all who use it, and left a second after the last of them is gone. Null:
 * not open yet, or the cluster could not be joined. Renders for nothing that is written; `useConfigValue` does.
 *
 * @throws {Error} to the error boundary: it could not be opened, or is in use with other options
 */
export const useConfig: UseConfig<null> = ((asked: ConfigRef): AnyConfig | null => {
  const source = useConfigSource(asked)
  useEffect(() => source.retain(), [source])
  const outcome = useAsyncState(source)
  // That joining failed is for `useConnectionStatus` to tell.
  const isJoinable = useAsyncState(useSession().cluster).type !== 'failed'
  if (outcome.type === 'failed' && isJoinable) throw outcome.error
  return outcome.type === 'ready' ? outcome.value : null
}) as UseConfig<null>

export function useConfigSource(asked: ConfigRef): Resource<AnyConfig> {
  const session = useSession()
  return useMemo(() => session.config(asked), [session, asked])
}
