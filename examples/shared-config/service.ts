/** The service: greets over HTTP, and applies new settings as soon as they are changed. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defaults, openSettings, readArguments } from './settings.ts'

const { words, bootstrap } = readArguments()
const [name = 'ada'] = words
const { cluster, settings } = await openSettings(name, bootstrap)

let answer = ''
function load(): void {
  const { greeting, times } = { ...defaults, ...settings.entries.getSnapshot() }
  answer = `${greeting} from ${name}\n`.repeat(times)
  console.log(`${name} loaded ${JSON.stringify({ greeting, times })}`)
}

load()
settings.entries.subscribe(load)
settings.events.addEventListener('rejected', ({ detail: { key, issues } }) =>
  console.log(`${name} rejects the new ${key}: ${issues.join('; ')}`),
)

const server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1', () => {
  console.log(`${name} serves http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  console.log(`${name} listens on ${cluster.self.addresses[0]}`)
})

process.once('SIGINT', () => {
  server.close()
  void cluster.leave()
})
