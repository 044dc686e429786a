/** The command line of the service: `get`, `set`, `watch` and `history` of its settings. */
import { InvalidValueError } from '@hearsay/core'
import { defaults, isKey, type Key, openSettings, readArguments } from './settings.ts'

const { words, bootstrap } = readArguments()
const [action = '', key = '', value = ''] = words
if (!['get', 'set', 'watch', 'history'].includes(action) || !isKey(key)) {
  console.error(`get|set|watch|history ${Object.keys(defaults).join('|')} [value]`)
  process.exit(2)
}

const { cluster, settings } = await openSettings('settings', bootstrap)
/** Resolves when a process of the service has the same entries as this process. */
const synced = () => settings.synced({ signal: AbortSignal.timeout(15_000) })

try {
  await synced()
  await run(key)
} catch (error) {
  process.exitCode = 1
  if (error instanceof InvalidValueError) console.error(error.message)
  else if ((error as Error).name === 'TimeoutError') console.error('no process of the service answers')
  else throw error
} finally {
  await cluster.leave()
}

async function run(key: Key): Promise<void> {
  switch (action) {
    case 'get':
      return console.log(settings.get(key) ?? defaults[key])
    case 'set':
      await settings.set(key, key === 'times' ? Number(value) : value)
      // This process ends now, so another process must have the entry.
      await synced()
      return
    case 'history':
      for (const { by, atMs, from, to } of settings.history(key))
        console.log(new Date(atMs).toISOString(), nameOf(by), from ?? '–', '→', to ?? '–')
      return
    case 'watch': {
      const print = () => console.log(settings.get(key) ?? defaults[key])
      print()
      settings.watch(key, print)
      await new Promise(resolve => process.once('SIGINT', resolve))
    }
  }
}

function nameOf(id: string): string {
  return cluster.members.getSnapshot().find(member => member.id === id)?.name ?? id
}
