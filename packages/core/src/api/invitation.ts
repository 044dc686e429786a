/**
 * Invitation: the options and the result of `Cluster.invite`, and their checks.
 *
 * Views check the options, too. So this file loads neither the wire format nor multiaddrs.
 */
import * as limits from '../wire/limits.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames } from './option-names.ts'

/** Options of `Cluster.invite`. */
export interface InviteOptions {
  /**
   * The roles of the members that join with the ticket: at most 8, each of 1 to 32 of the characters a-z, 0-9 and `-`. Two
   * roles have a meaning for hearsay. A member with `admin` may revoke; only the authority grants this role. A member with
   * `reader` cannot write configs, documents and broadcasts of the cluster. The app gives all other roles a meaning, for
   * instance in the option `writers`. A member that invites can grant only its own roles, and `reader`.
   *
   * @default []
   */
  readonly roles?: readonly string[]
  /**
   * How long the ticket is valid, in milliseconds: 1 minute to 10 years. The membership of all members that joined with the
   * ticket ends at the same date, because other members cannot know when a member used a ticket. A greater value needs fewer
   * renewals, but members store revocations for longer.
   *
   * @default 30 days, and not longer than the grants of this member
   */
  readonly expiresInMs?: number
  /** The date instead of `expiresInMs`, in epoch milliseconds. */
  readonly expiresAtMs?: number
  /**
   * Whether the members that join may invite others. Needs the role `admin`, and only the authority can grant it.
   *
   * @default false
   */
  readonly mayInvite?: boolean
  /**
   * Multiaddrs of members to contact first, at most 16, as in `bootstrap`.
   *
   * @default the addresses in the option `bootstrap`, then addresses of members, WebSockets first, because pages can dial
   *   only WebSockets
   */
  readonly addresses?: readonly string[]
}

/** An invitation that `Cluster.invite` made. */
export interface Invitation {
  /**
   * The ticket: one string, for `joinCluster({ ticket })`. The ticket is secret until it expires or is revoked: every program
   * that has it can join. The ticket fits into a chat message, a QR code, or a link: `https://app.example.org/#hearsay=`
   * followed by the ticket. A browser does not send the part of a link after `#` to the server.
   */
  readonly ticket: string
  /** The id of the invitation, for `Cluster.revoke`. Not secret. */
  readonly id: string
  /** The roles of the members that join with the ticket, ordered. */
  readonly roles: readonly string[]
  /** Until when the ticket is valid, in epoch milliseconds. */
  readonly expiresAtMs: number
  /** Whether the members that join with the ticket may invite others. */
  readonly mayInvite: boolean
}

const optionNames = {
  roles: true,
  expiresInMs: true,
  expiresAtMs: true,
  mayInvite: true,
  addresses: true,
} as const
/** 30 days. */
const defaultExpiryMs = 2_592_000_000
const minExpiryMs = 60_000
/** 10 years of 365.25 days. */
export const maxExpiryMs = 315_576_000_000

/** The options of an invitation with their defaults. */
export interface CheckedInvitation {
  /** Ordered, each role once. */
  readonly roles: readonly string[]
  readonly expiresAtMs: number
  /** Whether the date is the default, so that it may be shortened. */
  readonly isDefaultExpiry: boolean
  readonly mayInvite: boolean
  readonly addresses: readonly string[] | undefined
}

/** Checks the options of `Cluster.invite`. @throws {InvalidOptionsError} */
export function checkInvite(options: InviteOptions, epochMs: number): CheckedInvitation {
  checkOptionNames('invite', options, optionNames, "{ roles: ['operator'] }")
  const { roles = [], mayInvite = false, addresses } = options
  if (!Array.isArray(roles) || !roles.every(isRole) || new Set(roles).size > limits.maxRoles)
    throw new InvalidOptionsError(
      `invite: roles: give at most ${limits.maxRoles}, each of 1 to ${limits.maxRoleBytes} of the characters a-z, 0-9 and -`,
    )
  if (typeof mayInvite !== 'boolean') throw new InvalidOptionsError('invite: mayInvite: give true or false')
  if (mayInvite && !roles.includes('admin'))
    throw new InvalidOptionsError("invite: mayInvite needs the role 'admin'")
  if (addresses !== undefined && !(Array.isArray(addresses) && addresses.length <= limits.maxAddresses))
    throw new InvalidOptionsError(`invite: addresses: give a list of at most ${limits.maxAddresses}`)
  return {
    roles: [...new Set(roles)].sort(),
    expiresAtMs: expiryOf(options, epochMs),
    isDefaultExpiry: options.expiresInMs === undefined && options.expiresAtMs === undefined,
    mayInvite,
    addresses,
  }
}

function expiryOf({ expiresInMs, expiresAtMs }: InviteOptions, epochMs: number): number {
  if (expiresInMs !== undefined && expiresAtMs !== undefined)
    throw new InvalidOptionsError('invite: give expiresInMs or expiresAtMs, not both')
  const isDate = expiresAtMs !== undefined
  const givenMs = isDate ? expiresAtMs : expiresInMs === undefined ? defaultExpiryMs : expiresInMs
  // An app without TypeScript may give anything: add only numbers.
  const untilMs = Number.isSafeInteger(givenMs) ? givenMs + (isDate ? 0 : epochMs) : Number.NaN
  if (!(untilMs >= epochMs + minExpiryMs && untilMs <= epochMs + maxExpiryMs))
    throw new InvalidOptionsError(
      `invite: ${isDate ? 'expiresAtMs' : 'expiresInMs'}: give whole milliseconds, from 1 minute to 10 years from now`,
    )
  return untilMs
}

const isRole = (role: unknown): boolean =>
  typeof role === 'string' && role.length <= limits.maxRoleBytes && /^[a-z0-9-]+$/.test(role)

/** Checks the argument of `Cluster.revoke` and `Cluster.renew`. @throws {InvalidOptionsError} */
export function checkTicketText(call: string, text: unknown): asserts text is string {
  if (typeof text !== 'string' || text === '')
    throw new InvalidOptionsError(
      call === 'revoke'
        ? 'revoke: give a member id, a ticket or the id of an invitation'
        : `${call}: give a ticket, like those of cluster.invite()`,
    )
}
