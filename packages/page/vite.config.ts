import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { licenses } from '../../licenses.ts'

const webrtcLicenses = fileURLToPath(new URL('licenses.txt', import.meta.resolve('@hearsay/webrtc')))

export default defineConfig({
  root: 'src',
  // The page may be served from any path.
  base: './',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: { input: ['src/index.html', 'src/member.html'] },
  },
  plugins: [react(), licenses(webrtcLicenses)],
})
