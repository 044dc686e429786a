/** Shown fields: a presence as one line, ordered by field name. */

import { printable } from '../terminal/format.ts'
import { shownValue } from '../terminal/json-value.ts'
import type { Shown } from './renderer.ts'

export const shownFields = (presence: Shown): string =>
  Object.entries(presence)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, value]) => `${printable(field)}=${shownValue(value)}`)
    .join(' ')
