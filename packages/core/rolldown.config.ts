/**
 * Bundles the package for Node: one module for each entry, for what entries share, and for each part that is loaded
 * later. Node takes half a millisecond to find, read and compile a module, so some 290 modules cost a member a fifth of
 * its processor time at start-up.
 *
 * Bundlers for browsers get the modules as they are, because they leave out the ones that an app does not use.
 * Dependencies stay imports: an app that has libp2p or Yjs itself shares its copy.
 */
import { defineConfig } from 'rolldown'

export default defineConfig({
  input: { index: './src/index.ts', app: './src/app.ts', host: './src/host.ts', node: './src/node.ts' },
  platform: 'node',
  external: /^[^./]/,
  output: { dir: 'dist/node', chunkFileNames: '[name].js' },
})
