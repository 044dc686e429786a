/**
 * Invitation calls: the calls between a view and the member's side about tickets and keys. All require the right
 * `invitations`.
 */
import type { Invitation, InviteOptions } from '@hearsay/core'
import type { Answer } from './answer.ts'

/** A call of `Cluster.keyring`. */
export type KeyringCall =
  | { readonly type: 'list' | 'holders' }
  | { readonly type: 'add' | 'use'; readonly key: string | Uint8Array }
  | { readonly type: 'remove'; readonly key: string | Uint8Array; readonly force: boolean | undefined }

export interface InvitationCalls {
  invite(options?: InviteOptions): Promise<Answer<Invitation>>
  revoke(what: string): Promise<Answer<void>>
  renew(ticket: string): Promise<Answer<void>>
  keyring(call: KeyringCall): Promise<Answer<unknown>>
}
