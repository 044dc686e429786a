import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

/** React's development build: StrictMode mounts everything twice. */
export default defineConfig({
  plugins: [react()],
  define: { 'process.env.NODE_ENV': '"development"' },
}) satisfies UserConfig
