/** Mirrored configs: the shared configs that a view has open, each once. */
import type { ConfigOptions, ConfigSchema, Member } from '@hearsay/core'
import {
  type AppNotifications,
  type ConfigSettings,
  checkSameSettings,
  checkSpaceName,
  configSettings,
  countOpenings,
  firstOpening,
  type Openings,
} from '@hearsay/core/app'
import type { RemoteMember } from '../contract.ts'
import { MirroredConfig } from './mirrored-config.ts'
import type { MirroredSpace } from './mirrored-space.ts'

export interface MirroredConfigsOptions {
  /** The id and the roles of this member. */
  readonly self: () => Pick<Member, 'id' | 'roles'>
  readonly notifications: AppNotifications
  readonly member: RemoteMember
  /** The rooms and configs of the view, by their numbers. */
  readonly spaces: Map<number, MirroredSpace>
  /** @returns a number that no other room or config of the view has */
  readonly nextNumber: () => number
}

export class MirroredConfigs {
  readonly #options: MirroredConfigsOptions
  readonly #configs = new Map<
    string,
    { settings: ConfigSettings; openings: Openings; config: Promise<MirroredConfig> }
  >()

  constructor(options: MirroredConfigsOptions) {
    this.#options = options
  }

  /** Opens the config, or returns its object if it is open with the same options. @throws {InvalidOptionsError} */
  async open(name: string, options: ConfigOptions<ConfigSchema | undefined>): Promise<MirroredConfig> {
    checkSpaceName('config', name)
    const settings = configSettings(options, () => true)
    const known = this.#configs.get(name)
    if (known) {
      checkSameSettings(name, known.settings, settings)
      known.openings.app += 1
      return known.config
    }
    const openings = firstOpening()
    const config = this.#open(name, settings, openings)
    this.#configs.set(name, { settings, openings, config })
    return config
  }

  async #open(name: string, settings: ConfigSettings, openings: Openings): Promise<MirroredConfig> {
    const { spaces, nextNumber } = this.#options
    const number = nextNumber()
    const left = () => {
      spaces.delete(number)
      this.#configs.delete(name)
    }
    const config = new MirroredConfig({ ...this.#options, name, number, settings, left })
    spaces.set(number, config)
    countOpenings(config, openings)
    await config.open()
    return config
  }
}
