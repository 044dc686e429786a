/** Ticket: reads a ticket for an app, and adds its content to the options of a member. No error message contains a ticket. */
import { multiaddr } from '@multiformats/multiaddr'
import { decodeTicketText, type TicketContent, type TicketFault } from '../grants/ticket-codec.ts'
import { shownTime } from '../wire/checks.ts'
import { InvalidOptionsError } from './errors.ts'
import type { MemberOptions } from './member-options.ts'

/** The public content of a ticket: everything except its private key and the secret. Not verified: the members do that. */
export interface Ticket {
  /** The name of the cluster. */
  readonly cluster: string
  /** The id of the authority that founded the cluster. */
  readonly authority: string
  /** The id of the invitation, which `Cluster.revoke` takes. */
  readonly invitation: string
  /** The roles of the members that join with the ticket. */
  readonly roles: readonly string[]
  /** Until when the ticket is valid, in epoch milliseconds. */
  readonly expiresAtMs: number
  /** Whether the members that join may invite others. */
  readonly mayInvite: boolean
  /** Multiaddrs of members. */
  readonly addresses: readonly string[]
  /** Whether the ticket contains the secret of the cluster. */
  readonly hasSecret: boolean
}

/**
 * Reads a ticket, so that an app can show its content before it joins.
 *
 * @param text the ticket, or any text of at most 64 Ki characters that contains it, such as a link or a message. The first
 *   complete ticket counts, even if a chat has broken it into lines
 * @throws {InvalidOptionsError} the text is not a ticket, a part of it is missing, a later version made it, or it has expired
 */
export function decodeTicket(text: string): Ticket {
  const content = ticketContent('ticket', text)
  const { cluster, chain, addresses, secret, key } = content
  const { subject: invitation, roles, notAfterMs, mayInvite } = chain.last
  const expiresAtMs = shownTime(notAfterMs)
  if (Date.now() > expiresAtMs) throw new InvalidOptionsError(`ticket: ${expiredText(expiresAtMs)}`)
  return Object.freeze({
    cluster,
    authority: chain.authority,
    invitation,
    roles: Object.freeze([...roles]),
    expiresAtMs,
    mayInvite,
    addresses: Object.freeze(textsOf(addresses)),
    hasSecret: (secret ?? key) !== undefined,
  })
}

/** The content of a ticket, without a check of its date. @throws {InvalidOptionsError} the message begins with `call` */
export function ticketContent(call: string, text: unknown): TicketContent {
  const decoded = decodeTicketText(typeof text === 'string' ? text : '')
  if (!decoded.ok) throw new InvalidOptionsError(`${call}: ${faults[decoded.failure]}`)
  return decoded.value
}

/** Whether the text is meant to be a ticket, perhaps a damaged one. */
export const isTicketText = (text: string): boolean => {
  const decoded = decodeTicketText(text)
  return decoded.ok || decoded.failure !== 'no-ticket'
}

export const expiredText = (expiresAtMs: number): string =>
  `it expired on ${new Date(expiresAtMs).toISOString()} by the clock of this machine. Ask for a new one`

const faults: Readonly<Record<TicketFault, string>> = {
  'no-ticket':
    "this is not a ticket. A ticket begins with 'hearsay1.', or is a link with '#hearsay=' in front of that",
  'other-version':
    'a later version of hearsay made it. Update this program, or ask for a ticket of its version',
  damaged:
    'a part of it is missing or wrong. Copy the whole ticket: a chat may have broken it into several lines',
  invalid: 'its content is not valid. Ask for a new one',
}

/** Options with the name of a cluster, and with the content of their ticket, if they have one. */
export type Named<O extends MemberOptions> = O & {
  readonly cluster: string
  readonly ticketContent?: TicketContent
}

/**
 * The options with the content of their ticket: the cluster's name, its secret, and the addresses after those of `bootstrap`.
 *
 * @throws {InvalidOptionsError} the ticket cannot be read, or is for another cluster
 */
export function withTicket<O extends MemberOptions>(options: O): Named<O> {
  const { ticket, cluster = '' } = options
  if (ticket === undefined) return { ...options, cluster }
  const content = ticketContent('ticket', ticket)
  if (options.cluster !== undefined && cluster !== content.cluster)
    throw new InvalidOptionsError(
      `ticket: it is for the cluster '${content.cluster}', not for '${cluster}'. Leave out 'cluster'`,
    )
  const bootstrap = [...new Set([...(options.bootstrap ?? []), ...textsOf(content.addresses)])]
  const { secret } = content
  return {
    ...options,
    cluster: content.cluster,
    bootstrap,
    ...(secret && { secret }),
    ticketContent: content,
  }
}

/** The multiaddrs as text, without those that this version cannot read. */
function textsOf(addresses: readonly Uint8Array[]): string[] {
  return addresses.flatMap(address => {
    try {
      return [multiaddr(address).toString()]
    } catch {
      return []
    }
  })
}
