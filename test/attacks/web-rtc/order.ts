/** Order: the uninvited joins over WebRTC that one page makes. */
import type { Credentials } from '../admission-proof.ts'

/**
 * How far a stranger gets before a member must refuse it:
 *
 * - `member relay`: the relay is an honest member. The stranger asks it for a reservation and for circuits.
 * - `open relay`: the relay is a hostile member, which serves everybody. The stranger is connected to the page through it,
 *   and asks the page for a WebRTC connection.
 * - `signalling`: a hostile member asks the page for the WebRTC connection in the stranger's place. The stranger has
 *   the open connection.
 */
export const ways = ['member relay', 'open relay', 'signalling'] as const
export type Way = (typeof ways)[number]

export interface WebRTCOrder {
  /** The cluster name and the secret of the members. */
  readonly credentials: Credentials
  /** The id of the page that is a member. */
  readonly page: string
  /** The WebSocket address of each relay, with its id. */
  readonly memberRelay: string
  readonly openRelay: string
  /** The number of the first join, and of the join after the last. */
  readonly from: number
  readonly to: number
}

export interface WebRTCOutcome {
  readonly counted: Readonly<Record<string, number>>
  /** All bytes that strangers received, in base64. */
  readonly received: string
}
