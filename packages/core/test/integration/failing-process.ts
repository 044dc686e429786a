/**
 * A member that writes the keys that it receives into a shared config and a document, for a test that makes its disk fail.
 * Argument: its options as JSON. Answers each message, a key, with the result of the write.
 */
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'

const cluster = await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
const config = await cluster.config('written')
const { doc, provider } = await cluster.room('written')
const value = 'x'.repeat(10_000)

const outcomeOf = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'stored',
    error => String(error),
  )

process.on('message', async key => {
  doc.getArray('keys').push([key])
  const written = [config.set(String(key), value), provider.stored()]
  const [entry, document] = await Promise.all(written.map(outcomeOf))
  process.send?.({
    entry,
    document,
    status: cluster.self.status,
    storage: cluster.health.getSnapshot().storage,
  })
})
process.send?.('ready')
