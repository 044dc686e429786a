/** One member in a separate process, for tests that kill it. Argument: its options as JSON. Sends its `self` when it has joined. */
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'

const cluster = await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
process.send?.(cluster.self)
