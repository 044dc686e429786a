/** Served invitations: the tickets and keys of the member, for a view with the right `invitations`. */
import type { Cluster, Invitation, InviteOptions } from '@hearsay/core'
import type { KeyringCall } from '../invitation-calls.ts'
import type { ViewRights } from './rights.ts'

export interface ServedInvitationsOptions {
  readonly cluster: Cluster
  readonly rights: ViewRights
}

export class ServedInvitations {
  readonly #options: ServedInvitationsOptions

  constructor(options: ServedInvitationsOptions) {
    this.#options = options
  }

  /** @throws {NotAllowedError} as all these calls do, without the right */
  async invite(options?: InviteOptions): Promise<Invitation> {
    return await this.#cluster('invite').invite(options)
  }

  async revoke(what: string): Promise<void> {
    await this.#cluster('revoke').revoke(what)
  }

  async renew(ticket: string): Promise<void> {
    await this.#cluster('renew').renew(ticket)
  }

  async keyring(call: KeyringCall): Promise<unknown> {
    const { keyring } = this.#cluster('keyring')
    switch (call.type) {
      case 'list':
      case 'holders':
        return await keyring[call.type]()
      case 'add':
      case 'use':
        return await keyring[call.type](call.key)
      case 'remove':
        return await keyring.remove(call.key, call.force === true ? { force: true } : {})
    }
  }

  #cluster(what: string): Cluster {
    const { cluster, rights } = this.#options
    rights.check(rights.invitations, what)
    return cluster
  }
}
