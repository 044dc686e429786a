/** Relayed member: a member that others reach through a relay only, as a page. It leaves when its input ends. */

import { hearsay } from '@hearsay/core'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const [relay = ''] = process.argv.slice(2)
const node = await createLibp2p({
  addresses: { listen: [`${relay}/p2p-circuit`] },
  transports: [tcp(), circuitRelayTransport()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), hearsay: hearsay({ cluster: 'atlas', bootstrap: [relay] }) },
})
process.stdin.on('end', () => void node.stop()).resume()
