/** Build: the page, the main process and the preload script, to the folder of the first argument, or to dist. */
import { join } from 'node:path'
import { build } from 'vite'

const root = import.meta.dirname
const outDir = process.argv[2] ?? join(root, 'dist')

/** A module that Electron loads. What is installed stays outside, except in a sandboxed preload script. */
async function buildModule(entry: string, format: 'es' | 'cjs', external: RegExp): Promise<void> {
  const extension = format === 'es' ? 'js' : 'cjs'
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: false,
      target: 'node22',
      lib: { entry: join(root, entry), formats: [format], fileName: (_, name) => `${name}.${extension}` },
      rolldownOptions: { external },
    },
  })
}

await build({
  root,
  logLevel: 'warn',
  // The page is loaded from the disk.
  build: { outDir: join(outDir, 'page'), emptyOutDir: true, chunkSizeWarningLimit: 1_000 },
})
await buildModule('main.ts', 'es', /^(electron|node:.*|@hearsay\/.*)$/)
await buildModule('preload.ts', 'cjs', /^electron$/)
