/** Binary: where Electron is installed on this machine. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * The path of Electron's program: in the folder `ELECTRON_OVERRIDE_DIST_PATH`, or where the package `electron` has installed
 * it. Nothing is downloaded. Undefined: there is none.
 */
export async function findElectron(): Promise<string | undefined> {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (folder !== undefined) {
    const names = ['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron']
    return names.map(name => join(folder, name)).find(path => existsSync(path))
  }
  const installed = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const name = await readFile(join(installed, 'path.txt'), 'utf8').catch(() => undefined)
  const path = name === undefined ? undefined : join(installed, 'dist', name.trim())
  return path !== undefined && existsSync(path) ? path : undefined
}

export const whyNoElectron =
  'no binary of Electron was found. Install one with `npx install-electron`, or set ELECTRON_OVERRIDE_DIST_PATH'
