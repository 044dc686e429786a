/**
 * serf as a subject: `serf agent`, with its own log as the source of events.
 *
 * The log costs serf one write per event and nothing while idle. An event handler would start a process for
 * each event, and `serf monitor` would need a second process for each member. Only a member whose own probe
 * failed logs a suspicion, so serf's suspicions come from the first members to notice a failure, not from all
 * members.
 */
import { spawnSync } from 'node:child_process'
import { startMember } from '../processes/member.ts'
import type { SightingEvent } from '../processes/sightings.ts'
import { firstPort, memberName, onLoopback, type Placement, type Subject } from '../processes/subject.ts'

const logged: readonly [RegExp, SightingEvent][] = [
  [/ serf: EventMemberJoin: (\S+)/, 'join'],
  [/ serf: EventMemberFailed: (\S+)/, 'fail'],
  [/ serf: EventMemberLeave: (\S+)/, 'leave'],
  [/ memberlist: Suspect (\S+) has failed/, 'suspect'],
]

/** The version of serf on the PATH, if there is one. */
export function serfVersion(): string | undefined {
  return spawnSync('serf', ['version'], { encoding: 'utf8' }).stdout?.split('\n')[0] || undefined
}

export function serf(profile: string, placement: Placement = onLoopback): Subject {
  const basePort = firstPort()
  return {
    name: 'serf',
    firstAddress: `${placement.address(0)}:${basePort}`,
    start(index, bootstrap, sightings) {
      const name = memberName(index)
      const address = `${placement.address(index)}:${basePort + 2 * index}`
      const rpc = `127.0.0.1:${basePort + 2 * index + 1}`
      const options = [`-profile=${profile}`, `-node=${name}`, `-bind=${address}`, `-rpc-addr=${rpc}`]
      // With `-join`, the agent would end if no agent listens at the bootstrap address yet.
      const join = bootstrap ? [`-retry-join=${bootstrap}`, '-retry-interval=1s'] : []
      const isReady = bootstrap ? / agent: Join completed/ : / agent: Serf agent starting/
      const args = ['agent', '-log-level=info', ...options, ...join]
      return startMember(name, placement.command(index, 'serf', args), line => {
        for (const [pattern, event] of logged) {
          const member = pattern.exec(line)?.[1]
          if (member !== undefined && member !== name) sightings.record(name, event, member)
        }
        return isReady.test(line) ? address : undefined
      })
    },
  }
}
