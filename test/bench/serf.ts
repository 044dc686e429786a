/**
 * serf as a subject: `serf agent`, and its own log as the source of events.
 *
 * The log costs serf one write an event and nothing while idle; an event handler costs it a process an event,
 * `serf monitor` a second process a member. Only who probes in vain logs a suspicion, so serf's suspicions
 * are those of the first to notice and not of all.
 */
import { spawnSync } from 'node:child_process'
import { startMember } from '../processes/member.ts'
import type { SightingEvent } from '../processes/sightings.ts'
import { memberName, type Subject } from '../processes/subject.ts'

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
  // Below the ports that the system hands out by itself.
  const basePort = 12_000 + (process.pid % 8_000)
  return {
    name: 'serf',
    start(index, bootstrap, sightings) {
      const name = memberName(index)
      const address = `127.0.0.1:${basePort + 2 * index}`
      const rpc = `127.0.0.1:${basePort + 2 * index + 1}`
      const options = [`-profile=${profile}`, `-node=${name}`, `-bind=${address}`, `-rpc-addr=${rpc}`]
      const join = bootstrap ? [`-join=${bootstrap}`] : []
      const isReady = bootstrap ? / agent: joined: / : / agent: Serf agent starting/
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
