/** Options of the liveness bench. An invalid option ends the bench with one line that says what is valid. */
import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly members: number
  readonly profile: string
  readonly idleSeconds: number
  readonly only: string | undefined
  /** Whether the bench ends when all members have started. */
  readonly startOnly: boolean
}

export function readOptions(): BenchOptions {
  try {
    const { values } = parseArgs({
      options: {
        members: { type: 'string', default: '32' },
        profile: { type: 'string', default: 'lan' },
        'idle-seconds': { type: 'string', default: '60' },
        only: { type: 'string' },
        'start-only': { type: 'boolean', default: false },
      },
    })
    return {
      // One member crashes, one hangs, and four stop and continue. With fewer than eight members, too few are
      // left to observe these faults.
      members: whole('members', values.members, 8, 200),
      profile: oneOf('profile', values.profile, ['local', 'lan', 'wan']),
      idleSeconds: whole('idle-seconds', values['idle-seconds'], 1, 3_600),
      only: values.only && oneOf('only', values.only, ['hearsay', 'serf']),
      startOnly: values['start-only'],
    }
  } catch (error) {
    console.error(`bench:liveness: ${(error as Error).message}`)
    process.exit(2)
  }
}

export function whole(option: string, value: string, min: number, max: number): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw new Error(`--${option} is a whole number from ${min} to ${max}`)
}

export function oneOf<T extends string>(option: string, value: string, values: readonly T[]): T {
  const known = values.find(each => each === value)
  if (known !== undefined) return known
  throw new Error(`--${option} is one of ${values.join(', ')}`)
}
