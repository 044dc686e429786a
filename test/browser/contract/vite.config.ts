/** The contract imports the tests' functions from Vitest, which a page has no runner for. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const collector = fileURLToPath(new URL('collector.ts', import.meta.url))

export default defineConfig({
  plugins: [
    {
      name: 'collector',
      enforce: 'pre',
      resolveId: (id, importer) => (id === 'vitest' && importer !== collector ? collector : undefined),
    },
  ],
})
