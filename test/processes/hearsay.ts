/** hearsay as a subject: `hearsay join --json`, as built and as a user runs it. */
import { fileURLToPath } from 'node:url'
import { startMember } from './member.ts'
import { isSightingEvent } from './sightings.ts'
import { firstPort, memberName, onLoopback, type Placement, type Subject } from './subject.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))

export function hearsay(profile: string, cluster: string, placement: Placement = onLoopback): Subject {
  const firstAddress = `/ip4/${placement.address(0)}/tcp/${firstPort()}`
  return {
    name: 'hearsay',
    firstAddress,
    start(index, bootstrap, sightings) {
      const name = memberName(index)
      const options = ['--json', '--no-mdns', '--name', name, '--profile', profile]
      const listen = index === 0 ? firstAddress : `/ip4/${placement.address(index)}/tcp/0`
      const addresses = ['--listen', listen, ...(bootstrap ? ['--bootstrap', bootstrap] : [])]
      const args = [bin, 'join', cluster, ...options, ...addresses]
      return startMember(name, placement.command(index, process.execPath, args), line => {
        if (!line.startsWith('{')) return undefined
        const printed = JSON.parse(line)
        if (printed.event === 'ready') return printed.addresses[0]
        if (isSightingEvent(printed.event)) sightings.record(name, printed.event, printed.name)
        return undefined
      })
    },
  }
}
