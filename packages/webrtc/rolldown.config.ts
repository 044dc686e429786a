/**
 * The browser build of @libp2p/webrtc as one module.
 *
 * Bundled is what is not in `dependencies`; those are packages that libp2p installs anyway, so that a page loads them
 * once. The licences of what is bundled are in dist/licenses.txt.
 */
import { defineConfig } from 'rolldown'
import { licenses } from '../../licenses.ts'
import manifest from './package.json' with { type: 'json' }

const installed = Object.keys(manifest.dependencies)

export default defineConfig({
  input: 'src/index.ts',
  platform: 'browser',
  external: id => installed.some(name => id === name || id.startsWith(`${name}/`)),
  output: { dir: 'dist', cleanDir: true, sourcemap: true },
  plugins: [licenses()],
})
