/**
 * Network interfaces: the addresses of this computer, also while the system cannot list them.
 *
 * The list needs a file descriptor, so it fails while the process has none left, and some systems fail briefly while
 * interfaces change. The last known addresses then remain valid. An exception would end the process of the app, because
 * libp2p and this package read the list in timers.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { Listener } from '@libp2p/interface'

let latest: NodeJS.Dict<NetworkInterfaceInfo[]> = {}

/** The interfaces by name; the last known ones if the system cannot list them, and none if it never could. */
export function readInterfaces(): NodeJS.Dict<NetworkInterfaceInfo[]> {
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
      // As above.
    }
    return known
  }
}
