/** A config definition: the name, schema and writers of a shared config, declared once for all hooks that use it. */
import type { ConfigOptions, ConfigSchema } from '@hearsay/core'

/** A shared config to pass to `useConfig` and `useConfigValue`. */
export interface ConfigDefinition<S extends ConfigSchema | undefined> {
  /** The name of the config, as `cluster.config` takes it. */
  readonly name: string
  /** The options of the config, as `cluster.config` takes them. */
  readonly options: ConfigOptions<S>
}
/**
 * Declares a shared config. Call it outside of components: two definitions of one name cannot be in use together.
 *
 * The name and the options are checked when a component uses the config, because this package imports only types from
 * core. The hook then throws core's `InvalidOptionsError`.
 */
export function defineConfig<S extends ConfigSchema | undefined = undefined>(
  name: string,
  options: ConfigOptions<S>,
): ConfigDefinition<S> {
  return { name, options }
}
