/**
 * Other presence: the object by which an app sees another member in a room.
 *
 * Each part that has not changed stays the same object: the member's object, its presence, its list of
 * views, and each view.
 */
import type { Other, OtherView } from '../api/presence.ts'
import type { Fields, MemberPresence, MemberView } from '../rooms/member-views.ts'
import type { Json } from '../wire/json.ts'

type Presence = Readonly<Partial<Record<string, Json>>>
export type AnyOther = Other<Record<string, Json>>
type AnyOtherView = OtherView<Record<string, Json>>

const noViews: readonly AnyOtherView[] = Object.freeze([])

/** @param before the object by which the member is shown now; undefined: the member is not shown */
export function otherOf(id: string, { own, views }: MemberPresence, before: AnyOther | undefined): AnyOther {
  if (views.length === 0 && !before?.views.length)
    return Object.freeze({ id, presence: presenceOf(own), views: noViews })
  const merged = [...own, ...views.flatMap(({ fields }) => fields)]
  const presence = sharedPresence(merged, before?.presence)
  const shownViews = sharedViews(views, before?.views ?? noViews)
  if (presence === before?.presence && shownViews === before.views) return before
  return Object.freeze({ id, presence, views: shownViews })
}

/** The names of the fields whose values differ, in the member's presence or in one of its views. */
export function changedFields(before: AnyOther, after: AnyOther): string[] {
  const names = new Set(changedNames(before.presence, after.presence))
  for (const id of new Set([...before.views, ...after.views].map(view => view.id)))
    for (const name of changedNames(viewOf(before, id), viewOf(after, id))) names.add(name)
  return [...names]
}

const viewOf = ({ views }: AnyOther, id: string): Presence =>
  views.find(view => view.id === id)?.presence ?? {}

function changedNames(before: Presence, after: Presence): string[] {
  if (before === after) return []
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    name => before[name] !== after[name],
  )
}

function sharedViews(views: readonly MemberView[], before: readonly AnyOtherView[]): readonly AnyOtherView[] {
  if (views.length === 0) return noViews
  const shown = views.map(({ id, fields }) => {
    const known = before.find(view => view.id === id)
    const presence = sharedPresence(fields, known?.presence)
    return known && presence === known.presence ? known : Object.freeze({ id, presence })
  })
  shown.sort((a, b) => (a.id < b.id ? -1 : 1))
  const isSame = shown.length === before.length && shown.every((view, i) => view === before[i])
  return isSame ? before : Object.freeze(shown)
}

function sharedPresence(fields: Fields, before: Presence | undefined): Presence {
  const presence = presenceOf(fields)
  return before && changedNames(before, presence).length === 0 ? before : presence
}

function presenceOf(fields: Fields): Presence {
  return Object.freeze(Object.fromEntries(fields))
}
