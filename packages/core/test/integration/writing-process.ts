/**
 * A member that writes into a shared config without end, for a test that kills it. Arguments: its options as JSON, and
 * the number to begin with. Sends each number when it is stored.
 */
import { joinCluster } from '../../src/libp2p/join-cluster.ts'

const cluster = await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
const config = await cluster.config('written')
for (let number = Number(process.argv[3]); ; number++) {
  await config.set(`key ${number % 100}`, number)
  process.send?.(number)
}
