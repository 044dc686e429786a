/**
 * View awareness: the awareness of this member's views in one document, for the process that serves the views.
 *
 * Each view shows the document in an awareness of its own, elsewhere. Nothing is published while the provider is
 * disconnected, and a disconnection removes the awareness of all views: publish it again after the status `connected`.
 */
import { InvalidOptionsError } from '../api/errors.ts'
import type { Provider, RoomDocument } from '../api/room-document.ts'
import type { AwarenessClaims, LocalClaim } from './presence-awareness.ts'

export interface ViewAwareness {
  /**
   * Publishes the awareness of a view; undefined removes it. The awareness ends with the view.
   *
   * @param view the id of a view that `presence.view` opened
   * @throws {NotRunningError} the view is not open
   * @throws {InvalidValueError} the state is no JSON, or makes this member's presence too large. Nothing was changed
   */
  claimView(view: string, claim: LocalClaim | undefined): void
  /**
   * The awareness that a view shows: the awareness of other members and their views, of this member, and of its other views.
   */
  claimsFor(view: string): AwarenessClaims
  /** Calls the listener after a step in which claims may have changed. @returns a function that ends the calls */
  onClaims(listener: () => void): () => void
}

/** @throws {InvalidOptionsError} the document is not of a member in this process */
export function viewAwarenessOf({ provider }: RoomDocument): ViewAwareness {
  if (hasViewAwareness(provider)) return provider
  throw new InvalidOptionsError('views: give a document of a member that runs in this process')
}

/** Does not name the class, so that a process without a member loads no provider. */
function hasViewAwareness(provider: Provider): provider is Provider & ViewAwareness {
  return 'claimView' in provider
}
