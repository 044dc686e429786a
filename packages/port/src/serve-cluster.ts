/** Serve: lets views at the other ends of ports share one member. */
import type { Cluster } from '@hearsay/core'
import { checkOptionNames } from '@hearsay/core/app'
import { createBirpc } from 'birpc'
import { openChannel, type Port } from './channel.ts'
import { configCalls } from './config-calls.ts'
import type { MemberCalls, ViewCalls } from './contract.ts'
import { queryCalls } from './query-calls.ts'
import { type Allow, ViewRights } from './served/rights.ts'
import { ServedView } from './served/served-view.ts'
import type { LastFocus } from './served/view-focus.ts'
import { VisibleViews } from './served/visible-views.ts'

/** Options of `serveCluster`. */
export interface ServeOptions {
  /** What the view may do. @default everything except `leave` and `invitations` */
  readonly allow?: Allow
  /**
   * Id of the view in `Other.views`, 1 to 64 bytes. Give the same id again when a view moves to another port, so that it
   * stays the same view to other members. @default a number
   */
  readonly view?: string
}

/** A view, as the member's side sees it. */
export interface ServedPort {
  /** The number of calls of the view that were answered with an error, for example because the view lacks the right. */
  readonly refusedCalls: number
  /**
   * The number of events that the view did not receive, because it was so slow that more than 1,024 events waited for it.
   * The stores and documents of the view are complete nevertheless.
   */
  readonly droppedEvents: number
  /** Ends the view and closes the port. Idempotent. */
  close(): void
}

/** What all views of a member share: which of them had the focus last, and which are visible. */
interface SharedViews {
  readonly focus: LastFocus
  readonly visible: VisibleViews
}

const viewsOf = new WeakMap<Cluster, SharedViews>()
const calls = [
  'connect',
  'acknowledge',
  'setHidden',
  'watch',
  'explain',
  'heldBy',
  'spaceHeldBy',
  'update',
  'suspend',
  'resume',
  'invite',
  'revoke',
  'renew',
  'keyring',
  'leave',
  'openRoom',
  'setPresence',
  'focus',
  'claim',
  'broadcast',
  'openDocument',
  'editDocument',
  'documentStored',
  'discardSuperseded',
  'closeDocument',
  'close',
  ...configCalls,
  ...queryCalls,
] as const satisfies readonly (keyof MemberCalls)[]
let views = 0

/**
 * Serves a cluster to the view at the other end of a port, which calls `connectCluster`. Call it once for each port, with the
 * same cluster. The views share the member's rooms and configs: the member enters a room with the first view that needs it, and
 * leaves it with the last one, unless the app itself has called `cluster.room` for it. The member opens and leaves configs in
 * the same way, without a schema. If the app itself leaves first, the member stays until the last view has left.
 *
 * A view ends when it leaves, when its port closes, with `close`, or when the member leaves the cluster without the option
 * `returnsWithinMs`. The presence of the view then disappears.
 *
 * @throws {InvalidOptionsError} an option is unknown, or `allow` is not valid
 */
export function serveCluster(cluster: Cluster, port: Port, options: ServeOptions = {}): ServedPort {
  checkOptionNames('serveCluster', options, { allow: true, view: true }, '{ allow: { update: false } }')
  const { allow, view: id } = options
  const rights = new ViewRights(allow)
  const shared = viewsOf.get(cluster) ?? { focus: { atMs: 0 }, visible: new VisibleViews(cluster) }
  viewsOf.set(cluster, shared)
  views += 1
  const served = new ServedView({
    cluster,
    ...shared,
    rights,
    view: id ?? `${views}`,
    send: batch => void view.batch.asEvent(batch),
    ended: () => channel.close(),
    memberLeft: () => end('the member has left the cluster'),
    handlers: {
      asked: (...values) => view.asked(...values),
      askedNoMore: number => void view.askedNoMore.asEvent(number),
    },
  })
  const functions = Object.fromEntries(
    calls.map(name => [
      name,
      (...values: never[]) => (served[name] as (...values: never[]) => unknown)(...values),
    ]),
  )
  let receive: (message: unknown) => void = () => {}
  const channel = openChannel(port, {
    received: message => receive(message),
    closed: () => served.end(),
  })
  const view = createBirpc<ViewCalls, typeof functions>(functions, {
    post: message => channel.post(message),
    on: listener => {
      receive = listener
    },
    // Answer only calls of the contract, not calls of methods that every object has.
    resolver: name => (Object.hasOwn(functions, name) ? functions[name] : undefined),
    eventNames: ['batch', 'closed', 'askedNoMore'],
    // An answer may take as long as its query waits, which is bounded.
    timeout: -1,
  })
  const end = (reason: string) => {
    void view.closed.asEvent(reason)
    served.end()
  }
  return {
    get refusedCalls() {
      return served.refusedCalls
    },
    get droppedEvents() {
      return served.droppedEvents
    },
    close: () => end('the member closed this view'),
  }
}
