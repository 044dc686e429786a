/** Options of `pnpm attack`. An invalid option ends the command with one line that says what is valid. */
import { parseArgs } from 'node:util'
import { oneOf, whole } from '../bench/options.ts'
import { attacks } from './attacks.ts'

export interface AttackOptions {
  readonly members: number
  /** The names of the attacks to run. */
  readonly only: readonly string[]
  readonly by: 'stranger' | 'member' | undefined
  readonly json: boolean
  /** The number of uninvited joins, instead of the table. */
  readonly joins: number | undefined
}

export function readOptions(): AttackOptions {
  try {
    const { values } = parseArgs({
      options: {
        members: { type: 'string', default: '12' },
        only: { type: 'string' },
        by: { type: 'string' },
        json: { type: 'boolean', default: false },
        joins: { type: 'string' },
      },
    })
    const names = attacks.map(({ name }) => name)
    return {
      // Attacks enter by three members, one is killed, and some must remain that see it.
      members: whole('members', values.members, 6, 64),
      only: values.only?.split(',').map(name => oneOf('only', name, names)) ?? names,
      by: values.by === undefined ? undefined : oneOf('by', values.by, ['stranger', 'member'] as const),
      json: values.json,
      joins: values.joins === undefined ? undefined : whole('joins', values.joins, 15, 1_000_000),
    }
  } catch (error) {
    console.error(`attack: ${(error as Error).message}`)
    process.exit(2)
  }
}
