/** Log line: one event as text, in columns. */
import { styleText } from 'node:util'
import { left } from './column.ts'
import { printable } from './format.ts'

export type Colour = Parameters<typeof styleText>[0]

export interface LogLine {
  /** Epoch milliseconds; without it, the line continues the line before. */
  readonly at?: number
  readonly event: string
  readonly colour: Colour
  /** The name of the member or key, printed safely. */
  readonly name: string
  readonly rest?: string
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

export function printLog({ at, event, colour, name, rest = '' }: LogLine): void {
  const time = at === undefined ? '' : clock.format(at)
  const line = `${left(time, 10)}${styleText(colour, left(event, 9))}${left(printable(name), 16)}  ${rest}`
  console.log(line.trimEnd())
}
