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
/** Our choice: a long message with the largest ticket, which has 10,929 characters in base64. A longer text is no ticket. */
const maxCharacters = 65_536
/** Our choice: the largest ticket in lines of 11 characters. */
const maxRuns = 1_024
/** Our choice: how many tickets of one text are tried. */
const maxTickets = 4

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
 * Finds the first complete ticket in a text. Chats, mails and terminals break a ticket into lines, put characters before each
 * line, and put text around the ticket. So a ticket is read in runs of its characters, until its checksum fits.
 *
 * @param text the ticket, or any text that contains it, such as a URL or a message
 */
export function decodeTicketText(text: string): Result<TicketContent, TicketFault> {
  let failure: TicketFault = 'no-ticket'
  if (text.length > maxCharacters) return fault(failure)
  // A keyboard may begin a text with a capital letter.
  for (const { 0: start, 1: version, index } of [...text.matchAll(/hearsay(\d+)\./gi)].slice(0, maxTickets)) {
    const body = version === '1' ? bodyIn(text.slice(index + start.length)) : undefined
    if (body) return contentOf(body)
    failure = version === '1' ? 'damaged' : 'other-version'
  }
  return fault(failure)
}

/** The encoded ticket at the beginning of a text; undefined if a part of it is missing or wrong. */
function bodyIn(text: string): Uint8Array | undefined {
  let base64 = ''
  for (const run of text.split(/[^\w-]+/, maxRuns)) {
    base64 += run
    const bytes = bytesOf(base64)
    const body = bytes.subarray(0, -checksumBytes)
    if (equals(checksum(body), bytes.subarray(body.length))) return body
  }
  return undefined
}

function bytesOf(base64: string): Uint8Array {
  try {
    return fromString(base64, 'base64url')
  } catch {
    return new Uint8Array()
  }
}

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
