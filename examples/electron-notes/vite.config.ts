import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

// Relative paths, because the page is loaded from a file.
export default defineConfig({ base: './', plugins: [react()] }) satisfies UserConfig
