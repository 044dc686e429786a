/** Fields: names and values in two columns. Fields without a value are left out. */
import { styleText } from 'node:util'
import { printable } from '../terminal/format.ts'

export function printFields(fields: readonly (readonly [name: string, value: string])[]): void {
  const shown = fields.filter(([, value]) => value !== '')
  const width = Math.max(...shown.map(([name]) => name.length))
  for (const [name, value] of shown)
    console.log(`${styleText('dim', name.padEnd(width))}  ${printable(value)}`)
}
