/**
 * Ticket addresses: the addresses that a ticket names if the app names none.
 *
 * The addresses in `bootstrap` come first, because apps choose addresses that do not change. Then come addresses of members,
 * WebSockets first, because pages can dial only WebSockets, and a member with a WebSocket is probably a relay. Addresses that
 * lead through relays are left out: the relays themselves are members.
 */
import type { Member } from '../member/member.ts'

/** Our choice: some 400 characters of the ticket, which a QR code still takes. */
const maxAddresses = 6
/** Our choice, so that the addresses lead to several members. */
const maxPerMember = 2

export function ticketAddresses(
  bootstrap: readonly string[],
  members: readonly Member[],
  self: string,
): readonly string[] {
  const present = members.filter(({ status }) => status === 'alive')
  const ordered = [
    ...present.filter(({ id }) => id === self),
    ...present.filter(({ id }) => id !== self).sort((a, b) => rankOf(a) - rankOf(b)),
  ]
  const ofMembers = ordered.map(({ addresses }) =>
    addresses.filter(address => !isRelayed(address)).sort((a, b) => rank(a) - rank(b)),
  )
  const first = ofMembers.flatMap(addresses => addresses.slice(0, 1)).sort((a, b) => rank(a) - rank(b))
  const further = ofMembers.flatMap(addresses => addresses.slice(1, maxPerMember))
  return [...new Set([...bootstrap, ...first, ...further])].slice(0, maxAddresses)
}

const isRelayed = (address: string): boolean => address.includes('/p2p-circuit')

/** Lower is better. */
function rank(address: string): number {
  const isLocal = /^\/(ip4\/127\.|ip6\/::1\/)/.test(address)
  const isForPages = /\/wss?(\/|$)/.test(address)
  return (isLocal ? 2 : 0) + (isForPages ? 0 : 1)
}

const rankOf = ({ addresses }: Member): number => Math.min(9, ...addresses.map(rank))
