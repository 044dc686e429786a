/**
 * Small limits: loaded before a member, it lowers limits that no test reaches: a relay has two reservations, and a table four
 * rows. The rest of the code is that of any member.
 */
import { registerHooks } from 'node:module'

const lowered: readonly (readonly [limit: RegExp, lower: string])[] = [
  // The bundle has the number in place of the constant.
  [/\bmaxReservations: 512\b/g, 'maxReservations: 2'],
  [/\breservations\.size < 512\b/g, 'reservations.size < 2'],
  [/\bmaxMembers = (?:2e4|20_?000)\b/g, 'maxMembers = 4'],
]

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
