/** Site: the page of a folder, built as an app builds its page, and served on loopback. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, preview } from 'vite'

export interface Site {
  readonly url: string
  close(): Promise<void>
}

const testPage = fileURLToPath(new URL('page', import.meta.url))

/** @param root a folder, with its own Vite config if it has one */
export async function openSite(root: string = testPage): Promise<Site> {
  const outDir = mkdtempSync(join(tmpdir(), 'hearsay-site-'))
  const quiet = { root, logLevel: 'error' } as const
  await build({ ...quiet, build: { outDir, emptyOutDir: true, minify: false, target: 'esnext' } })
  const server = await preview({ ...quiet, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } })
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    async close() {
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}
