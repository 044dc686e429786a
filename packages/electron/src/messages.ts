/**
 * Messages: what the page, the preload script, the main process and the process of the member send each other.
 *
 * A page asks its preload script for a port with a `ConnectRequest`, and the preload script asks the main process. The main
 * process sends one end of a channel to the process of the member and the other end to the frame, whose preload script
 * hands it to the page.
 */
import type { JoinOptions } from '@hearsay/core'
import type { Allow } from '@hearsay/port'

/** The request for a port: from the page to the preload script, and from there to the main process. */
export const connectChannel = 'hearsay:connect'
/** The answer of the preload script to the page. The main process sends ports to the preload script under this name. */
export const answerChannel = 'hearsay:answer'

export interface ConnectRequest {
  readonly type: typeof connectChannel
  /** Chosen by the page at random. The answers contain it. */
  readonly request: string
  /** Id of the page's view. The same for each port that the page asks for. */
  readonly view: string
}

/**
 * `received`: the preload script has the request. `port`: the message contains the port. `refused`: the page may not have
 * a port. `ended`: the member has ended. `failed`: the main process does not answer yet.
 */
export interface ConnectAnswer {
  readonly type: typeof answerChannel
  readonly request: string
  readonly state: 'received' | 'port' | 'failed' | Refusal['state']
  /** Why there is no port, in words, for people. */
  readonly reason?: string
}

/** The main process has no port for a page. */
export interface Refusal {
  readonly state: 'refused' | 'ended'
  readonly reason: string
}

/** From the main process to the process of the member. */
export type MemberRequest =
  | { readonly type: 'start'; readonly options: JoinOptions }
  /** Serve the view at the other end of the port that comes with this message. */
  | { readonly type: 'view'; readonly view: string; readonly allow: Allow }

/** From the process of the member to the main process. */
export type MemberReport =
  | { readonly type: 'joined' }
  /** The process ends after this message. */
  | { readonly type: 'failed'; readonly name: string; readonly message: string }
