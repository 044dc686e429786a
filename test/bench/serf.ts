/**
 * serf as a subject: `serf agent`, with its own log as the source of events.
 *
 * The log costs serf one write an event and nothing while idle; an event handler costs a process an event,
 * `serf monitor` a second process a member. Only a member whose own probe failed logs a suspicion, so serf's suspicions
 * are those of the first members to notice, not those of all.
 */
import { spawnSync } from 'node:child_process'
import { startMember } from '../processes/member.ts'
import type { SightingEvent } from '../processes/sightings.ts'
import { firstPort, memberName, type Subject } from '../processes/subject.ts'

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

export function serf(profile: string): Subject {
  const basePort = firstPort()
  return {
    name: 'serf',
    firstAddress: `127.0.0.1:${basePort}`,
    start(index, bootstrap, sightings) {
      const name = memberName(index)
      const address = `127.0.0.1:${basePort + 2 * index}`
      const rpc = `127.0.0.1:${basePort + 2 * index + 1}`
      const options = [`-profile=${profile}`, `-node=${name}`, `-bind=${address}`, `-rpc-addr=${rpc}`]
      // `-join` would end the agent if no agent listens there yet.
      const join = bootstrap ? [`-retry-join=${bootstrap}`, '-retry-interval=1s'] : []
      const isReady = bootstrap ? / agent: Join completed/ : / agent: Serf agent starting/
      return startMember(name, 'serf', ['agent', '-log-level=info', ...options, ...join], line => {
        for (const [pattern, event] of logged) {
          const member = pattern.exec(line)?.[1]
          if (member !== undefined && member !== name) sightings.record(name, event, member)
        }
        return isReady.test(line) ? address : undefined
      })
    },
  }
}
