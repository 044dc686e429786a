/** Protocols: the names of hearsay's streams. */
import type { Channel } from '../runtime/ports.ts'

export const protocols: Readonly<Record<Channel, string>> = {
  probe: '/hearsay/probe/1.0.0',
  sync: '/hearsay/sync/1.0.0',
  space: '/hearsay/space/2.0.0',
}

export const channels: readonly Channel[] = ['probe', 'sync', 'space']
