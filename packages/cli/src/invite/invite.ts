/**
 * `hearsay invite`: makes a ticket. The running member makes it, or this command with the key of the authority.
 *
 * The first line of stdout is the ticket, or the link with the ticket, so that the output is a file for `--ticket-file`. Texts
 * for people, about the ticket, go to stderr.
 */
import type { Invitation, InviteOptions } from '@hearsay/core'
import { openInviter } from '../attach/open-inviter.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { endProcess, printError, printJson } from '../terminal/output.ts'
import { UsageError } from '../usage-error.ts'
import type { InviteFlags } from './options.ts'

export async function invite(given: InviteFlags): Promise<void> {
  const { role, expires, mayInvite, address, link, qr, ...flags } = given
  const page = link === undefined ? undefined : pageOf(link)
  const options: InviteOptions = {
    ...(role && { roles: role }),
    ...(expires !== undefined && { expiresInMs: expires }),
    ...(mayInvite && { mayInvite }),
    ...(address && { addresses: address }),
  }
  const stop = stopRequested()
  const opened = await Promise.race([openInviter(flags, address !== undefined), stop])
  if (!opened) return endProcess(1)
  const { cluster } = opened
  let invitation: Invitation | undefined
  try {
    invitation = await Promise.race([asUsageError(cluster.invite(options)), stop])
  } finally {
    await leaveWithin(cluster)
  }
  if (!invitation) return endProcess(1)
  const { ticket, ...known } = invitation
  const shared = page === undefined ? ticket : `${page}#hearsay=${ticket}`
  if (flags.json) {
    const linked = page === undefined ? {} : { link: shared }
    printJson({ event: 'invitation', ...known, cluster: cluster.name, ticket, ...linked, at: Date.now() })
  } else {
    console.log(shared)
    for (const line of about(invitation)) printError(line)
  }
  if (qr) await printQrCode(shared)
  await endProcess(0)
}

function about({ id, roles, expiresAtMs, mayInvite }: Invitation): readonly string[] {
  const has = roles.length === 0 ? 'no roles' : roles.length === 1 ? 'the role' : 'the roles'
  const invites = mayInvite ? ', and may invite others' : ''
  return [
    `everybody who has this ticket can join until ${new Date(expiresAtMs).toISOString()}, with ${[has, roles.join(', ')].join(' ').trim()}${invites}`,
    `to end the invitation and all memberships that come from it: hearsay revoke ${id}`,
  ]
}

/** Prints the code after the ticket. */
async function printQrCode(text: string): Promise<void> {
  const { qrCode } = await import('./qr-code.ts')
  const lines = qrCode(text)
  if (!lines) {
    printError('the ticket is too long for a QR code. Give fewer addresses with --address')
    return
  }
  for (const line of lines) console.log(line)
  // The line has no wide characters, and its colours take no space.
  const width = [...(lines[0] ?? '')].filter(each => each >= '\u2580').length
  if (process.stdout.columns < width) printError(`the QR code needs a terminal with ${width} columns`)
}

/** The page without its fragment. @throws {UsageError} it is not a URL */
function pageOf(link: string): string {
  try {
    const { href, protocol } = new URL(link)
    if (protocol !== '') return href.replace(/#.*$/, '')
  } catch {
    // The text is not a URL.
  }
  throw new UsageError(`--link: '${link}' is not a URL. Write it like https://app.example.org/`)
}
