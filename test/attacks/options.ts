/** Options of `pnpm attack`. An invalid option ends the command with one line that says what is valid. */
import { parseArgs } from 'node:util'
import { oneOf, whole } from '../bench/options.ts'
import { skipsBrowser } from '../browser/chromium.ts'
import { attacks } from './attacks.ts'

export interface AttackOptions {
  readonly members: number
  /** The names of the attacks to run. */
  readonly only: readonly string[]
  readonly by: 'stranger' | 'member' | undefined
  readonly json: boolean
  /** The number of uninvited joins, instead of the table. */
  readonly joins: number | undefined
  /** How many of the joins pages make over WebRTC. */
  readonly webRTC: number
}

/** Our choice: one join of 25, because a join over WebRTC takes a hundred times as long. None without a browser. */
const webRTCShare = (joins: number): number => (skipsBrowser ? 0 : Math.ceil(joins / 25))

export function readOptions(): AttackOptions {
  try {
    const { values } = parseArgs({
      options: {
        members: { type: 'string', default: '12' },
        only: { type: 'string' },
        by: { type: 'string' },
        json: { type: 'boolean', default: false },
        joins: { type: 'string' },
        webrtc: { type: 'string' },
      },
    })
    const names = attacks.map(({ name }) => name)
    const joins = values.joins === undefined ? undefined : whole('joins', values.joins, 15, 1_000_000)
    return {
      // Attacks enter by three members, one is killed, and some must remain that see it.
      members: whole('members', values.members, 6, 64),
      only: values.only?.split(',').map(name => oneOf('only', name, names)) ?? names,
      by: values.by === undefined ? undefined : oneOf('by', values.by, ['stranger', 'member'] as const),
      json: values.json,
      joins,
      webRTC:
        values.webrtc === undefined ? webRTCShare(joins ?? 0) : whole('webrtc', values.webrtc, 0, joins ?? 0),
    }
  } catch (error) {
    console.error(`attack: ${(error as Error).message}`)
    process.exit(2)
  }
}
