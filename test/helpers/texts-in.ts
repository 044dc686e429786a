/** Texts in a source file: its sentences for people, with `…` in place of what is inserted. */
import { readFileSync } from 'node:fs'
import { parseAst } from 'rolldown/parseAst'

/** Shorter texts are names, units and parts of sentences. */
const leastWords = 4

/** The texts of at least four words in the literals of a TypeScript file. */
export function textsIn(path: string): string[] {
  const texts: string[] = []
  visit(parseAst(readFileSync(path, 'utf8'), { lang: 'ts' }), text => texts.push(text))
  return texts.filter(text => text.split(/\s+/).filter(Boolean).length >= leastWords)
}

function visit(node: unknown, found: (text: string) => void): void {
  if (typeof node !== 'object' || node === null) return
  const { type, value, quasis } = node as { type?: string; value?: unknown; quasis?: readonly Quasi[] }
  if (type === 'Literal' && typeof value === 'string') found(value)
  if (type === 'TemplateLiteral' && quasis) found(quasis.map(({ value }) => value.cooked).join('…'))
  for (const child of Object.values(node)) visit(child, found)
}

interface Quasi {
  readonly value: { readonly cooked: string }
}
