/**
 * A member that writes numbers without end into a shared config or a document, for a test that kills it. Arguments: its
 * options as JSON, the first number, and `config` or `document`. Sends each number when it is stored.
 */
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'

const cluster = await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
const write = process.argv[4] === 'document' ? await documentWriter() : await configWriter()
for (let number = Number(process.argv[3]); ; number++) {
  await write(number)
  process.send?.(number)
}

async function configWriter(): Promise<(number: number) => Promise<void>> {
  const config = await cluster.config('written')
  return number => config.set(`key ${number % 100}`, number)
}

async function documentWriter(): Promise<(number: number) => Promise<void>> {
  const { doc, provider } = await cluster.room('written')
  return number => {
    doc.getArray('numbers').push([number])
    return provider.stored()
  }
}
