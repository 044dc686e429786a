/**
 * Bundles the CLI into one file: loading some hundred small modules took longer than everything else in a member's
 * start. The licences of the bundled packages are in dist/licenses.txt.
 */
import { cpSync } from 'node:fs'
import { defineConfig, type Plugin } from 'rolldown'
import { licenses } from '../../licenses.ts'
import { leanBuiltins } from './lean-builtins.ts'

/** Copies the page that the demo serves, which is built before. */
const page: Plugin = {
  name: 'page',
  writeBundle: ({ dir = 'dist' }) =>
    cpSync('node_modules/@hearsay/page/dist', `${dir}/page`, { recursive: true }),
}

export default defineConfig({
  input: { main: 'src/main.ts', 'demo-member': 'src/demo/member-main.ts' },
  platform: 'node',
  // Contains a native binary, and looks for the binary in its own folder.
  external: ['classic-level'],
  output: { dir: 'dist', cleanDir: true, chunkFileNames: '[name].js' },
  plugins: [leanBuiltins, page, licenses()],
})
