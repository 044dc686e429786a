/** Cluster keyring: the keys of the cluster, as an app lists and changes them. Loaded with the first call. */
import { InvalidOptionsError, NotAllowedError } from '../api/errors.ts'
import type { KeyHolders, KeyInfo, Keyring } from '../api/keyring.ts'
import { checkOptionNames } from '../api/option-names.ts'
import type { QueryResult } from '../api/query.ts'
import { checkSecret } from '../api/secret.ts'
import { changedKeyring, type KeyringChange, type KeyringRefusal, keyIn } from '../policy/keyring-state.ts'
import type { Engine } from '../runtime/engine.ts'
import type { MemberKeyring } from '../runtime/member-keyring.ts'
import { isPlausibleTimestamp, shownTime } from '../wire/checks.ts'
import { type KeyringKey, maxKeys } from '../wire/keyring-fact.ts'
import { checkClockAgrees } from './clock-check.ts'
import { keyringQuery } from './cluster-queries.ts'

/** Our choice: if a member takes longer, the app can ask it again. */
const askMs = 2_000

export interface ClusterKeyringOptions {
  readonly engine: Engine
  readonly query: (name: string, options: { timeoutMs: number }) => PromiseLike<QueryResult>
}

export class ClusterKeyring implements Keyring {
  readonly #options: ClusterKeyringOptions

  constructor(options: ClusterKeyringOptions) {
    this.#options = options
  }

  async list(): Promise<readonly KeyInfo[]> {
    return this.#keyring.state.keys.map(({ fingerprint, addedEpochMs }, at) => ({
      fingerprint,
      primary: at === 0,
      addedAtMs: shownTime(addedEpochMs) || undefined,
    }))
  }

  async holders(): Promise<KeyHolders> {
    const { engine, query } = this.#options
    const { keys } = this.#keyring.state
    const { answers } = await query(keyringQuery, { timeoutMs: askMs })
    const byMember = new Map(
      answers.map(({ from, value }) => [from, Array.isArray(value) ? value : []] as const),
    )
    const alive = engine.machine.members().filter(({ status }) => status === 'alive' || status === 'suspect')
    const holders = keys.map(({ fingerprint }) => [
      fingerprint,
      [...byMember].flatMap(([id, held]) => (held.includes(fingerprint) ? id : [])),
    ])
    return {
      holders: Object.fromEntries(holders),
      silent: alive.flatMap(({ id }) => (byMember.has(id) ? [] : id)),
      mayChange: this.#keyring.mayChange,
    }
  }

  async add(key: string | Uint8Array): Promise<string> {
    checkSecret('add', key)
    const added = this.#keyring.keyOf(key, this.#nowMs())
    await this.#change('add', { type: 'add', key: added })
    return added.fingerprint
  }

  async use(key: string | Uint8Array): Promise<void> {
    const { fingerprint } = this.#keyOf('use', key)
    if (this.#keyring.state.keys[0]?.fingerprint === fingerprint) return
    await this.#change('use', { type: 'use', fingerprint })
  }

  async remove(key: string | Uint8Array, options: { readonly force?: boolean } = {}): Promise<void> {
    checkOptionNames('remove', options, { force: true }, '{ force: true }')
    const { fingerprint } = this.#keyOf('remove', key)
    const [primary] = this.#keyring.state.keys
    if (options.force !== true && primary && primary.fingerprint !== fingerprint)
      await this.#checkHolders(primary)
    await this.#change('remove', { type: 'remove', fingerprint })
  }

  /** @throws {InvalidOptionsError} a member that is alive does not have the primary key */
  async #checkHolders({ fingerprint }: KeyringKey): Promise<void> {
    const { holders } = await this.holders()
    const having = new Set(holders[fingerprint])
    const { machine, self } = this.#options.engine
    const lacking = machine
      .members()
      .filter(({ id, status }) => status === 'alive' && id !== self && !having.has(id))
      .map(({ name }) => name)
    if (lacking.length > 0)
      throw new InvalidOptionsError(
        `remove: ${lacking.slice(0, 5).join(', ')}${lacking.length > 5 ? ` and ${lacking.length - 5} more` : ''} did not report the primary key, so removal may cut them off. Try again in some seconds, or use force`,
      )
  }

  async #change(method: string, change: KeyringChange): Promise<void> {
    const keyring = this.#keyring
    if (!keyring.mayChange)
      throw new NotAllowedError(
        "keyring: this cluster has an authority, so only a member with the authority's key changes the keys. Call this at the founder, or start a member with the option 'authority'",
      )
    const { engine } = this.#options
    const nowMs = this.#nowMs()
    checkClockAgrees('keyring', engine)
    if (
      !isPlausibleTimestamp(keyring.state.version, nowMs) &&
      engine.machine.overlay.connected().length === 0
    )
      throw new NotAllowedError(
        'keyring: the keys were changed last at a later time than the clock of this machine shows. Set the clock, or wait until another member is connected, so that the clocks can be compared',
      )
    const next = changedKeyring(keyring.state, change, nowMs)
    if (next === 'known') return
    if (typeof next === 'string') throw new InvalidOptionsError(`${method}: ${refusals[next]}`)
    await keyring.publish(next)
  }

  #keyOf(method: string, key: string | Uint8Array): KeyringKey {
    const { state } = this.#keyring
    const named = typeof key === 'string' ? keyIn(state, key) : undefined
    if (named) return named
    const isSecret = (typeof key === 'string' || key instanceof Uint8Array) && key.length > 0
    const { fingerprint } = isSecret ? this.#keyring.keyOf(key, 0) : { fingerprint: '' }
    const found = keyIn(state, fingerprint)
    if (!found) throw new InvalidOptionsError(`${method}: ${refusals.unknown}`)
    return found
  }

  #nowMs(): number {
    return this.#options.engine.host.clock.now().epochMs
  }

  get #keyring(): MemberKeyring {
    const { keyring } = this.#options.engine.host
    if (!keyring)
      throw new NotAllowedError(
        "keyring: this cluster has no secret, so it has no keys. Start its members with the option 'secret'",
      )
    return keyring
  }
}

const refusals: Readonly<Record<Exclude<KeyringRefusal, 'known'>, string>> = {
  full: `the cluster has ${maxKeys} keys already. Remove one first`,
  removed: 'this key was removed from the cluster before. Make a new one',
  unknown: 'the cluster has no such key. Give a fingerprint of `list`, or the secret itself',
  primary: 'this is the primary key. Use another one first',
}
