/**
 * Ticket codec: a ticket as one string that fits into a chat message, the fragment of a URL or a QR code.
 *
 * The string is `hearsay1.`, followed in base64url without padding by the encoded ticket and the first four bytes of its
 * SHA-256. These bytes show that a ticket was cut or mistyped. The string contains the invitation's private key, and the
 * cluster's secret if the cluster has one, or the key that stands for it. Decoding checks the form, not signatures and dates.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import * as messages from '../wire/grant-messages.ts'
import * as limits from '../wire/limits.ts'
import { keyBytes, keyFromMemberId, memberIdFromKey } from '../wire/member-id.ts'
import { guarded, type Result } from '../wire/result.ts'
import { type GrantChain, readChain } from './grant-chain.ts'

/** The content of a ticket. */
export interface TicketContent {
  readonly cluster: string
  /** The chain that ends at the invitation. */
  readonly chain: GrantChain
  /** The private key of the invitation: 32 bytes, the seed of an Ed25519 key. */
  readonly invitationKey: Uint8Array
  /** Multiaddrs as bytes. */
  readonly addresses: readonly Uint8Array[]
  /** The secret of the cluster; undefined: it has none, or `key` stands for it. */
  readonly secret: Uint8Array | undefined
  /** The primary key of the cluster's keyring, 32 bytes, if its secret was replaced while it ran. */
  readonly key?: Uint8Array | undefined
}

/**
 * - `no-ticket`: the text is not a ticket.
 * - `other-version`: the ticket of a later version.
 * - `damaged`: a part of the ticket is missing, or a character is wrong.
 * - `invalid`: the ticket is complete, but no version of hearsay makes such tickets.
 */
export type TicketFault = 'no-ticket' | 'other-version' | 'damaged' | 'invalid'

const prefix = 'hearsay1.'
const checksumBytes = 4
/** A text of this length is no ticket. Base64 of the largest ticket has 10,929 characters. */
const maxCharacters = 16_384

export function encodeTicket({
  cluster,
  chain,
  invitationKey,
  addresses,
  secret,
  key,
}: TicketContent): string {
  const bytes = messages.Ticket.encode({
    cluster,
    authority: keyFromMemberId(chain.authority) ?? new Uint8Array(),
    invitationKey: invitationKey as Uint8Array<ArrayBuffer>,
    grants: chain.bytes as Uint8Array<ArrayBuffer>,
    addresses: addresses as Uint8Array<ArrayBuffer>[],
    ...(secret && { secret: secret as Uint8Array<ArrayBuffer> }),
    ...(key && { key: key as Uint8Array<ArrayBuffer> }),
  })
  return prefix + toText(concat([bytes, checksum(bytes)]), 'base64url')
}

/**
 * @param text the ticket, or a URL whose fragment contains `hearsay=` and the ticket; white space in it is ignored, because
 *   chats and terminals break long lines
 */
export function decodeTicketText(text: string): Result<TicketContent, TicketFault> {
  const ticket = ticketIn(text)
  if (ticket === undefined) return fault('no-ticket')
  if (!ticket.startsWith(prefix)) return fault('other-version')
  let bytes: Uint8Array
  try {
    bytes = fromString(ticket.slice(prefix.length), 'base64url')
  } catch {
    return fault('damaged')
  }
  const body = bytes.subarray(0, -checksumBytes)
  if (!equals(checksum(body), bytes.subarray(body.length))) return fault('damaged')
  return contentOf(body)
}

/** The ticket in a text, with its version; undefined if there is none. */
function ticketIn(text: string): string | undefined {
  if (text.length > maxCharacters) return undefined
  const all = text.replace(/\s/g, '')
  const [, fragment] = /#(.*)$/s.exec(all) ?? []
  const parts = fragment === undefined ? [all] : fragment.split('&')
  const [, value] = /^(?:hearsay=)?(hearsay\d+\..*)$/s.exec(parts.find(isTicketPart) ?? '') ?? []
  return value
}

const isTicketPart = (part: string): boolean => /^(hearsay=)?hearsay\d+\./.test(part)

function contentOf(body: Uint8Array): Result<TicketContent, TicketFault> {
  const decoded = guarded<TicketContent>(body, limits.maxTicketBytes, () => {
    const message = messages.Ticket.decode(body, { limits: { addresses: limits.maxAddresses } })
    const { cluster, invitationKey, grants, addresses, secret, key } = message
    const authority = memberIdFromKey(message.authority)
    if (authority === undefined || invitationKey.length !== keyBytes) throw new Error()
    if (key && key.length !== keyBytes) throw new Error()
    if (cluster === '' || !cluster.isWellFormed()) throw new Error()
    const chain = readChain(grants, authority)
    if (!chain.ok) return chain
    if (!chain.value.last.isInvitation) throw new Error()
    return { ok: true, value: { cluster, chain: chain.value, invitationKey, addresses, secret, key } }
  })
  return decoded.ok ? decoded : fault('invalid')
}

const checksum = (bytes: Uint8Array): Uint8Array => sha256(bytes).subarray(0, checksumBytes)

const fault = (failure: TicketFault): { ok: false; failure: TicketFault } => ({ ok: false, failure })
