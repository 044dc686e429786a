import type { ConfigSchema, ConfigValues } from '@hearsay/core'
import type { ConfigDefinition } from './define-config.ts'
import { constantStore } from './resource.ts'
import { type ConfigRef, useConfig } from './use-config.ts'
import { type IsEqual, useStore } from './use-store.ts'

type Values = Readonly<Record<string, unknown>>

const noEntries = constantStore<Values>({})

type Entries<S> = Readonly<Partial<ConfigValues<S>>>

/** What `useConfigValue` takes: a config by name or definition, then a key or a selector. */
export interface UseConfigValue {
  <K extends string>(name: string, key: K): ConfigValues<undefined>[K] | undefined
  <T>(name: string, selector: (entries: Entries<undefined>) => T, isEqual?: IsEqual<T>): T
  <S extends ConfigSchema | undefined, K extends keyof ConfigValues<S> & string>(
    definition: ConfigDefinition<S>,
    key: K,
  ): ConfigValues<S>[K] | undefined
  <S extends ConfigSchema | undefined, T>(
    definition: ConfigDefinition<S>,
    selector: (entries: Entries<S>) => T,
    isEqual?: IsEqual<T>,
  ): T
}

/**
 * The value of one key of a shared config, or the result of a selector over all its entries. Before the config is open
 * the value is undefined, and the selector gets an object without entries.
 *
 * @throws {Error} as `useConfig`
 */
export const useConfigValue: UseConfigValue = (
  asked: ConfigRef,
  wanted: string | ((entries: never) => unknown),
  isEqual?: IsEqual<never>,
): never => {
  const config = useConfig(asked as string)
  const select = typeof wanted === 'string' ? (entries: Values) => entries[wanted] : wanted
  return useStore<Values, never>(config?.entries ?? noEntries, select as () => never, isEqual)
}
