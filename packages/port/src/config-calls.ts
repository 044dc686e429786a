/**
 * Config calls: the part of the contract about shared configs.
 *
 * Schemas stay in the view. The member's side opens each config without a schema, and sends the entries of all keys. An
 * answer follows everything that the call changed, so the view is up to date when the answer arrives.
 */
import type { ConfigOptions, Json } from '@hearsay/core'
import type { Answer } from './answer.ts'

/** The calls that the member's side answers. */
export interface ConfigCalls {
  /** Opens a config. @param number a number that the view chooses, as for rooms */
  openConfig(number: number, name: string, options: SentConfigOptions): Promise<Answer<OpenedConfig>>
  /** Resolves when the entry is stored. */
  setEntry(config: number, key: string, value: Json): Promise<Answer<void>>
  /** Resolves when the deletion is stored. */
  deleteEntry(config: number, key: string): Promise<Answer<void>>
  /**
   * A config: resolves with the id of a member with equal entries. The cluster: resolves with the id of this member when all
   * members agree; the right `queries` is required. Undefined: the view has ended the call.
   *
   * @param call a number that the view chooses
   */
  synced(owner: number, call: number): Promise<Answer<string | undefined>>
  /** Ends a call of `synced`. */
  endSynced(owner: number, call: number): void
}

/** The names of all these calls. */
export const configCalls: readonly (keyof ConfigCalls)[] = [
  'openConfig',
  'setEntry',
  'deleteEntry',
  'synced',
  'endSynced',
]

/** The options that the member's side needs. */
export type SentConfigOptions = Pick<ConfigOptions, 'writers' | 'retentionMs'>

export interface OpenedConfig {
  /** Whether the view may change the config. */
  readonly isWritable: boolean
}
