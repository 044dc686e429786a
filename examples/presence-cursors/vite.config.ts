import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

export default defineConfig({ plugins: [react()] }) satisfies UserConfig
