/**
 * The CLI is one bundle: reading some hundred small modules took longer than all the rest of a member's start.
 * What it bundles keeps its licences, in dist/licenses.txt.
 */
import { cpSync } from 'node:fs'
import { defineConfig, type Plugin } from 'rolldown'
import { licenses } from '../../licenses.ts'

/** What the demo serves is built before. */
const page: Plugin = {
  name: 'page',
  writeBundle: ({ dir = 'dist' }) =>
    cpSync('node_modules/@hearsay/page/dist', `${dir}/page`, { recursive: true }),
}

export default defineConfig({
  input: { main: 'src/main.ts', 'demo-member': 'src/demo/member-main.ts' },
  platform: 'node',
  // Ships a binary that it looks for beside itself.
  external: ['classic-level'],
  output: { dir: 'dist', cleanDir: true, chunkFileNames: '[name].js' },
  plugins: [page, licenses()],
})
