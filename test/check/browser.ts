/**
 * Browser: checks that the Chromium of the tests is installed, or installs it.
 *
 * On Debian as root it comes from the system's packages, elsewhere from Playwright. If neither works, the step fails and
 * says what to do.
 */
import { existsSync } from 'node:fs'
import { x } from 'tinyexec'
import { findChromium } from '../browser/chromium.ts'

async function run(program: string, ...args: string[]): Promise<boolean> {
  console.log(`${program} ${args.join(' ')}`)
  const { exitCode, stdout, stderr } = await x(program, args)
  if (exitCode !== 0) console.log(`${stdout}${stderr}`)
  return exitCode === 0
}

const canUsePackages = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

async function install(): Promise<void> {
  const packages = ['install', '-y', '--no-install-recommends', 'chromium']
  if (canUsePackages && (await run('apt-get', 'update')) && (await run('apt-get', ...packages))) return
  await run('pnpm', '--filter', '@hearsay/test', 'exec', 'playwright-core', 'install', 'chromium')
}

if ((await findChromium()) === undefined) await install()
const found = await findChromium()
if (found === undefined) {
  console.log(
    'No Chromium was found, and none could be installed. Install one, or name yours in HEARSAY_CHROMIUM; ' +
      'HEARSAY_SKIP_BROWSER=1 leaves out the tests that need it.',
  )
  process.exitCode = 1
} else console.log(found)
