/** Mirrored invitations: the calls of a view that invite and revoke members, and change the keys of the cluster. */
import type { Invitation, InviteOptions, Keyring } from '@hearsay/core'
import { resultOf } from '../answer.ts'
import type { RemoteMember } from '../contract.ts'
import type { KeyringCall } from '../invitation-calls.ts'

export class MirroredInvitations {
  readonly #member: RemoteMember
  readonly #checkAllowed: (what: string) => void

  /** @param checkAllowed throws if the view has no right to this call */
  constructor(member: RemoteMember, checkAllowed: (what: string) => void) {
    this.#member = member
    this.#checkAllowed = checkAllowed
  }

  async invite(options?: InviteOptions): Promise<Invitation> {
    this.#checkAllowed('invite')
    return Object.freeze(resultOf(await this.#member.invite(options)))
  }

  async revoke(what: string): Promise<void> {
    this.#checkAllowed('revoke')
    resultOf(await this.#member.revoke(what))
  }

  async renew(ticket: string): Promise<void> {
    this.#checkAllowed('renew')
    resultOf(await this.#member.renew(ticket))
  }

  get keyring(): Keyring {
    const call =
      (type: KeyringCall['type']) =>
      async (key?: string | Uint8Array, options?: { readonly force?: boolean }): Promise<never> => {
        this.#checkAllowed('keyring')
        const asked = { type, key, force: options?.force } as KeyringCall
        return resultOf(await this.#member.keyring(asked)) as never
      }
    return {
      list: call('list'),
      holders: call('holders'),
      add: call('add'),
      use: call('use'),
      remove: call('remove'),
    }
  }
}
