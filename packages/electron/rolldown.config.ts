/**
 * Builds the two modules that are bundled.
 *
 * - The module of the member's process: without the bundle, the process loads over 500 modules of hearsay and its
 *   dependencies, which takes about four times as long. LevelDB is native code, which cannot be bundled. The licences of
 *   the bundled packages are in dist/licenses.txt.
 * - The preload script: a sandboxed one can load no files.
 */
import { defineConfig, type Plugin } from 'rolldown'
import { licenses } from '../../licenses.ts'

/** A module in CommonJS has types in CommonJS. */
const emptyTypes: Plugin = {
  name: 'empty-types',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'preload.d.cts', source: 'export {}\n' })
  },
}

export default defineConfig([
  {
    input: 'src/member-process.ts',
    platform: 'node',
    external: ['classic-level'],
    output: { dir: 'dist', chunkFileNames: 'member-process/[name].js' },
    plugins: [licenses()],
  },
  {
    input: 'src/preload.ts',
    platform: 'browser',
    external: ['electron'],
    output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', minify: true },
    plugins: [emptyTypes],
  },
])
