/**
 * Trim generated: removes the code that hearsay does not call from each generated file, a third of the file. Adds a comment
 * at the head of the file, which keeps the type checker from checking it.
 *
 * For each message, protons 8 writes a decoder that yields field by field, and has no option to leave it out.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const streamDecoder = /, function \* \(reader, length, prefix, opts = \{\}\) \{$[\s\S]*?^ {6}\}\)$/gm
const streamFunction = /\n {2}export function stream \([\s\S]*?^ {2}\}\n/gm
const fieldEvent = /\n {2}export interface \w+FieldEvent \{[\s\S]*?^ {2}\}\n/gm

for (const file of process.argv.slice(2)) {
  const generated = readFileSync(file, 'utf8')
  const messages = generated.match(/^export namespace /gm)?.length
  for (const part of [streamDecoder, streamFunction])
    if (generated.match(part)?.length !== messages)
      throw new Error(`${file}: protons writes otherwise than it did. Look at what this script takes out`)
  const trimmed = generated
    .replace(streamDecoder, ')')
    .replace(streamFunction, '')
    .replace(fieldEvent, '')
    .replace(', streamMessage }', ' }')
  const head = `// @ts-nocheck: generated from ${basename(file, '.ts')}.proto; protons does not write strict TypeScript.\n`
  writeFileSync(file, head + trimmed)
}
