/**
 * Builds the browser version of @libp2p/webrtc as one module.
 *
 * The bundle contains every package that is not in `dependencies`. libp2p installs the packages in `dependencies` anyway,
 * so a page loads each of them once. The licences of the bundled packages are in dist/licenses.txt.
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
