/** Revoked subject: what a user means by the argument of `hearsay revoke`. */
import { existsSync, statSync } from 'node:fs'
import type { Member } from '@hearsay/core'
import { findMember, isMemberId } from '../attach/find-member.ts'
import { secretText } from '../member/secret-file.ts'
import { UsageError } from '../usage-error.ts'

export type RevokedSubject =
  | { readonly type: 'member'; readonly member: Member }
  /** `ticket`: a text that contains it. */
  | { readonly type: 'ticket'; readonly ticket: string }
  /** The id of an invitation, or of a member that is not known here. */
  | { readonly type: 'id'; readonly id: string }

const isTicket = (text: string) => /hearsay\d+\./i.test(text)

/**
 * The first of these that fits: a ticket, a member, any id, a file with a ticket.
 *
 * @throws {UsageError} nothing fits, or several members do
 */
export async function revokedSubject(members: readonly Member[], text: string): Promise<RevokedSubject> {
  if (text === '-') return { type: 'ticket', ticket: await secretText('revoke', text, 'ticket') }
  if (isTicket(text)) return { type: 'ticket', ticket: text }
  const member = findMember(members, text)
  if (member) return { type: 'member', member }
  if (isMemberId(text)) return { type: 'id', id: text }
  if (existsSync(text) && statSync(text).isFile()) {
    const ticket = await secretText('revoke', text, 'ticket')
    if (isTicket(ticket)) return { type: 'ticket', ticket }
    throw new UsageError(`no member is called '${text}', and the file of this name contains no ticket`)
  }
  throw new UsageError(
    `'${text}' is neither a known member, nor the id of an invitation, nor a file with a ticket`,
  )
}
