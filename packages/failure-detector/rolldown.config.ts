/** Bundles the package into one module for Node, which takes about a millisecond to find, read and compile a module. */
import { defineConfig } from 'rolldown'

export default defineConfig({
  input: './src/index.ts',
  platform: 'node',
  output: { file: 'dist/node/index.js' },
})
