/** Ask all: requests that a stranger can send on a connection. Runs in Node and in pages. */
import type { Connection, Stream } from '@libp2p/interface'

/** Protocols of hearsay, past and present, and of libp2p. `ls` asks for the list of all protocols. */
export const asked: readonly string[] = [
  'ls',
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/meshsub/1.2.0',
  '/floodsub/1.0.0',
  '/libp2p/circuit/relay/0.2.0/hop',
  '/hearsay/probe/1.0.0',
  '/hearsay/sync/1.0.0',
  '/hearsay/space/2.0.0',
  '/hearsay/probe/2.0.0',
  '/hearsay/sync/2.0.0',
  '/hearsay/space/3.0.0',
  '/hearsay/query/1.0.0',
  '/hearsay/rumors/2.0.0',
  '/hearsay/admission/1.0.0',
  '/hearsay/revocation/1.0.0',
]

/** Asks all that the connection allows, until nothing more arrives. */
export async function askAll(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(2_000)
  await Promise.all(
    asked.map(async protocol => {
      try {
        askOn(await connection.newStream(protocol, { signal, runOnLimitedConnection: true }))
      } catch {
        // The member does not know the protocol, or has closed the connection.
      }
    }),
  )
  await new Promise(resolve => setTimeout(resolve, 2_000))
}

/** Sends 64 zero bytes, which is a wrong proof in an admission and an unreadable frame elsewhere, and reads on. */
export function askOn(stream: Stream): void {
  stream.addEventListener('message', () => {})
  try {
    stream.send(new Uint8Array(64))
  } catch {
    // The member has closed the stream.
  }
}
