/**
 * Member views: the views of one member, read from the fields of its presence.
 *
 * The result depends on the fields alone and not on the order of their arrival. A view exists while its header has a value.
 */
import type { Json } from '../wire/json.ts'
import { isReservedField } from './reserved-fields.ts'
import { isViewField, readViewField, readViewHeader, readViewValue, type ViewHeader } from './view-fields.ts'

type Entry = readonly [name: string, value: Json]
export type Fields = readonly Entry[]

export interface MemberView extends ViewHeader {
  readonly slot: number
  /** The fields of the view that have a value. */
  readonly fields: Fields
}

/** The presence of a member, with its views in the order of their last focus. */
export interface MemberPresence {
  /** The member's own fields that have a value. */
  readonly own: Fields
  readonly views: readonly MemberView[]
}

const none: readonly MemberView[] = []
export const noPresence: MemberPresence = { own: [], views: none }

/** Reads what an app sees of these fields, all of one author. */
export function readPresence(fields: Fields): MemberPresence {
  const own: Entry[] = []
  const ofViews: Entry[] = []
  for (const field of fields) {
    if (!isReservedField(field[0])) own.push(field)
    else if (isViewField(field[0])) ofViews.push(field)
  }
  return { own, views: ofViews.length > 0 ? readViews(ofViews) : none }
}

function readViews(all: Fields): MemberView[] {
  const slots = new Map<number, MemberView & { readonly fields: [string, Json][] }>()
  for (const [name, value] of all) {
    const field = readViewField(name)
    const header = field?.type === 'header' ? readViewHeader(value) : undefined
    if (field && header) slots.set(field.slot, { ...header, slot: field.slot, fields: [] })
  }
  for (const [name, given] of all) {
    const field = readViewField(name)
    const view = field && slots.get(field.slot)
    const value = view && readViewValue(given, view.number)
    if (field?.type !== 'field' || value === undefined || isReservedField(field.name)) continue
    view?.fields.push([field.name, value])
  }
  const views = new Map<string, MemberView>()
  // A view that was closed and opened again is in two slots until the removal of its first header arrives.
  for (const view of [...slots.values()].sort((a, b) => a.slot - b.slot)) {
    const known = views.get(view.id)
    if (!known || view.number > known.number) views.set(view.id, view)
  }
  return [...views.values()].sort((a, b) => a.focus - b.focus || (a.id < b.id ? -1 : 1))
}
