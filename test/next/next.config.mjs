import { fileURLToPath } from 'node:url'

/** @type {import('next').NextConfig} */
export default {
  output: 'export',
  // The workspace has its own step that checks types.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
}
