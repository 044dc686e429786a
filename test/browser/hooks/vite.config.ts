import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

/** As React is while an app is developed: StrictMode mounts all twice. */
export default defineConfig({
  plugins: [react()],
  define: { 'process.env.NODE_ENV': '"development"' },
}) satisfies UserConfig
