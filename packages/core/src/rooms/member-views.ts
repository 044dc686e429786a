/**
 * Member views: the views of one member, read from the facts of its presence.
 *
 * The result depends on the facts alone and not on the order of their arrival. A view exists while its header has a value.
 */
import type { Json } from '../wire/json.ts'
import type { FieldFact } from '../wire/space-fact.ts'
import { isReservedField } from './reserved-fields.ts'
import { isViewField, readViewField, readViewHeader, type ViewHeader } from './view-fields.ts'

export type Fields = readonly (readonly [name: string, value: Json])[]

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

export const noPresence: MemberPresence = { own: [], views: [] }

/** Reads what an app sees of these facts, the fields of one author. */
export function readPresence(facts: Iterable<FieldFact>): MemberPresence {
  const own: [string, Json][] = []
  const ofViews: FieldFact[] = []
  for (const fact of facts) {
    if (fact.value === undefined) continue
    if (!isReservedField(fact.name)) own.push([fact.name, fact.value])
    else if (isViewField(fact.name)) ofViews.push(fact)
  }
  return { own, views: ofViews.length > 0 ? readViews(ofViews) : [] }
}

function readViews(facts: readonly FieldFact[]): MemberView[] {
  const slots = new Map<number, MemberView & { readonly fields: [string, Json][] }>()
  for (const { name, value } of facts) {
    const field = readViewField(name)
    const header = field?.type === 'header' ? readViewHeader(value) : undefined
    if (field && header) slots.set(field.slot, { ...header, slot: field.slot, fields: [] })
  }
  for (const { name, value, version } of facts) {
    const field = readViewField(name)
    const view = field && slots.get(field.slot)
    if (field?.type !== 'field' || !view || version <= view.since || value === undefined) continue
    if (!isReservedField(field.name)) view.fields.push([field.name, value])
  }
  const views = new Map<string, MemberView>()
  // A view that was closed and opened again is in two slots until the removal of its first header arrives.
  for (const view of [...slots.values()].sort((a, b) => a.slot - b.slot)) {
    const known = views.get(view.id)
    if (!known || view.since > known.since) views.set(view.id, view)
  }
  return [...views.values()].sort((a, b) => a.focus - b.focus || (a.id < b.id ? -1 : 1))
}
