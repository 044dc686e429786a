/** Config definition: which shared config, and what may be in it, named once for all hooks that use it. */
import type { ConfigOptions, ConfigSchema } from '@hearsay/core'

export interface ConfigDefinition<S extends ConfigSchema | undefined> {
  readonly name: string
  readonly options: ConfigOptions<S>
}

/**
 * Call it outside of components: two definitions of one name cannot be used at a time.
 *
 * What core does not take as a name or as options is an `InvalidOptionsError` where the config is used, for this package
 * imports of core nothing but its types.
 */
export function defineConfig<S extends ConfigSchema | undefined = undefined>(
  name: string,
  options: ConfigOptions<S>,
): ConfigDefinition<S> {
  return { name, options }
}
