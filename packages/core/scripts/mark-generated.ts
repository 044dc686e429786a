/** Mark generated: says at the head of each generated file that it is, and keeps the type checker out of it. */
import { readFileSync, writeFileSync } from 'node:fs'

for (const name of ['messages', 'space-messages']) {
  const file = `src/wire/${name}.ts`
  const head = `// @ts-nocheck: generated from ${name}.proto; protons does not write strict TypeScript.\n`
  writeFileSync(file, head + readFileSync(file, 'utf8'))
}
