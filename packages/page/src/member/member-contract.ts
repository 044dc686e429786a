/** Contract between the page of a running member and `hearsay page`, which serves it. Paths are relative to the page. */

/** What `GET` of `memberPaths.about` answers. */
export interface About {
  /** Whether the page may change the member: `hearsay page --write`. */
  readonly isWritable: boolean
}

export const memberPaths = {
  about: 'about',
  /** A WebSocket, over which the page is a view of the member. 503 while the member does not run. */
  view: 'view',
  /** POST with the page's own origin and the type `application/json`, without a body: 204 when the member has left. */
  leave: 'leave',
} as const
