/**
 * Network interfaces: the addresses of this computer, also while the system cannot list them.
 *
 * The list needs a file descriptor, so it fails while the process has none left, and some systems fail briefly while
 * interfaces change. The last known addresses then remain valid. An exception would end the process of the app, because
 * libp2p and this package read the list in timers.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { Listener } from '@libp2p/interface'

export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

let latest: Interfaces | undefined

/** The interfaces by name; the last known ones if the system cannot list them. Undefined: it never could. */
export function readInterfaces(): Interfaces | undefined {
  try {
    latest = networkInterfaces()
  } catch {
    // The process may have no file descriptors left.
  }
  return latest
}

/** Makes a listener of libp2p return its last known addresses while the system cannot list the interfaces. */
export function keepAddresses(listener: Listener): void {
  const getAddresses = listener.getAddrs.bind(listener)
  let known: ReturnType<Listener['getAddrs']> = []
  listener.getAddrs = () => {
    try {
      known = getAddresses()
    } catch {
      // The process may have no file descriptors left.
    }
    return known
  }
}
