import react from '@vitejs/plugin-react'
import { licensePlugin } from 'rolldown-license-plugin'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src',
  // Served from any path.
  base: './',
  build: { outDir: '../dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1_500 },
  plugins: [
    react(),
    licensePlugin({
      done(packages, context) {
        const source = packages.map(
          ({ name, version, license, licenseText }) => `${name} ${version}, ${license}\n\n${licenseText}`,
        )
        context.emitFile({ type: 'asset', fileName: 'licenses.txt', source: source.join('\n\n---\n\n') })
      },
    }),
  ],
})
