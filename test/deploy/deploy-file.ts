/** Deploy file: a file of docs/deploy, with the addresses and paths of a test in place of its own. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../../docs/deploy/', import.meta.url)

export const pathOf = (name: string): string => fileURLToPath(new URL(name, folder))

/** The text of a file of docs/deploy. @throws a text to replace is not in the file */
export function deployFile(name: string, replaced: Readonly<Record<string, string>> = {}): string {
  return Object.entries(replaced).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${name} does not contain ${from}`)
      return text.replaceAll(from, to)
    },
    readFileSync(pathOf(name), 'utf8'),
  )
}
