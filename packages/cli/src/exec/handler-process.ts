/**
 * Handler process: one run of a command at one event. The event is in the environment, the member on standard input, as a line
 * like that of serf: name, address, role and tags, separated by tabs.
 */
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster, Member } from '@hearsay/core'
import type { TimedMemberEvent } from '../member/member-events.ts'
import { secretVariable } from '../member/secret.ts'
import { printable } from '../terminal/format.ts'

export interface RunningHandler {
  /** Resolves when the command has ended: undefined, or why it failed. */
  readonly ended: Promise<string | undefined>
  /** Waits a moment for the command, then ends it and what it has started. */
  close(): Promise<void>
}

/** Our choice: a command that hangs keeps its place for a minute at most. */
const timeoutMs = 60_000
/** Our choice: a member that is asked to end has two seconds. */
const closeMs = 500
/** The end of the output, for the message of a failure. */
const maxOutput = 1_024

export function startHandler(command: string, event: TimedMemberEvent, cluster: Cluster): RunningHandler {
  const isWindows = process.platform === 'win32'
  const child = spawn(command, {
    shell: true,
    env: environment(event, cluster),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that what the shell starts ends with it.
    detached: !isWindows,
  })
  const kill = () => {
    try {
      if (isWindows || child.pid === undefined) child.kill('SIGKILL')
      else process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', part => {
      output = (output + String(part)).slice(-maxOutput)
    })
  // A command need not read its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(`${lineOf(event.member)}\n`)
  let isLate = false
  const timeout = setTimeout(() => {
    isLate = true
    kill()
  }, timeoutMs)
  const ended = new Promise<string | undefined>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => {
      const last = printable(output.trim().split('\n').at(-1) ?? '')
      const end = isLate ? `did not end within ${timeoutMs / 1000} s` : `ended with ${code ?? signal}`
      resolve(code === 0 ? undefined : [end, last].filter(Boolean).join(': '))
    })
  }).finally(() => clearTimeout(timeout))
  return {
    ended,
    async close() {
      await Promise.race([ended, wait(closeMs)])
      kill()
      await ended
    },
  }
}

/** The environment of this process without the secret, and the event. No value has control characters. */
function environment(
  { event, member }: TimedMemberEvent,
  { name: cluster, self }: Cluster,
): NodeJS.ProcessEnv {
  const { [secretVariable]: _, ...inherited } = process.env
  const given = {
    HEARSAY_EVENT: event,
    HEARSAY_CLUSTER: cluster,
    HEARSAY_SELF_ID: self.id,
    HEARSAY_SELF_NAME: self.name,
    HEARSAY_MEMBER_ID: member.id,
    HEARSAY_MEMBER_NAME: member.name,
    HEARSAY_MEMBER_STATUS: member.status,
    HEARSAY_MEMBER_INCARNATION: `${member.incarnation}`,
    ...Object.fromEntries(Object.entries(self.tags).map(([key, value]) => [tagVariable(key), value])),
  }
  return {
    ...inherited,
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, printable(value)])),
  }
}

const tagVariable = (key: string): string => `HEARSAY_TAG_${key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`

function lineOf({ name, addresses, tags }: Member): string {
  const list = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
  return [name, addresses[0] ?? '', tags['role'] ?? '', list.join(',')].map(printable).join('\t')
}
