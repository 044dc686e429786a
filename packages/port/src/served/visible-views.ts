/**
 * Visible views: whether the user sees any view of a member. The member's own page may be hidden meanwhile.
 *
 * A view without a page reports nothing, and counts as not visible.
 */
import type { Cluster } from '@hearsay/core'

export class VisibleViews {
  readonly #cluster: Cluster
  readonly #visible = new Set<object>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  set(view: object, isVisible: boolean): void {
    const { size } = this.#visible
    if (isVisible) this.#visible.add(view)
    else this.#visible.delete(view)
    const hasVisibleView = this.#visible.size > 0
    if (size > 0 === hasVisibleView) return
    try {
      this.#cluster.update({ hasVisibleView })
    } catch {
      // The member has left, or this cluster is itself a view, which cannot announce it.
    }
  }
}
