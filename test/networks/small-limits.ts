/**
 * Small limits: loaded before a member, it lowers one limit that is too high for a test to reach. With `?reservations`, a
 * relay has two reservations; with `?rows`, a table has four rows. One limit at a time, because members that use the
 * reservations of a relay are rows of its table. The rest of the member's code is unchanged.
 */
import { registerHooks } from 'node:module'

type Lowered = readonly (readonly [limit: RegExp, lower: string])[]

const limits: Readonly<Record<string, Lowered>> = {
  // The bundle has the number in place of the constant.
  reservations: [
    [/\bmaxReservations: 512\b/g, 'maxReservations: 2'],
    [/\breservations\.size < 512\b/g, 'reservations.size < 2'],
  ],
  rows: [[/\bmaxMembers = (?:2e4|20_?000)\b/g, 'maxMembers = 4']],
}
const name = new URL(import.meta.url).search.slice(1)
const lowered = limits[name]
if (!lowered) throw new Error(`unknown limit '${name}'`)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (loaded.format !== 'module' || loaded.source === undefined || loaded.source === null) return loaded
    const source = lowered.reduce(
      (text, [limit, lower]) => text.replace(limit, lower),
      Buffer.from(loaded.source as Uint8Array).toString(),
    )
    return { ...loaded, source }
  },
})
