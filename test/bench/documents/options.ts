/** Options of the documents bench. An invalid option ends the bench with one line that says what is valid. */
import { parseArgs } from 'node:util'

export const parts = ['trace', 'late', 'first', 'paste', 'edits'] as const
export type Part = (typeof parts)[number]

export interface DocumentsOptions {
  readonly only: Part | undefined
  /** Of the trace, by both writers together. */
  readonly keystrokes: number
  readonly seed: number
  /** JSON on stdout instead of the table. */
  readonly isJson: boolean
}

export function readOptions(): DocumentsOptions {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        keystrokes: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
      },
    })
    const only = parts.find(part => part === values.only)
    if (values.only !== undefined && only === undefined)
      throw new Error(`--only is one of ${parts.join(', ')}`)
    return {
      only,
      keystrokes: whole('keystrokes', values.keystrokes, 100, 2_000_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      isJson: values.json,
    }
  } catch (error) {
    console.error(`bench:documents: ${(error as Error).message}`)
    process.exit(2)
  }
}

function whole(option: string, value: string, min: number, max: number): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw new Error(`--${option} is a whole number from ${min} to ${max}`)
}
