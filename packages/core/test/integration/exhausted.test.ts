import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as passes } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { execArgv } from '../../../../test/helpers/exec-argv.ts'
import { join, leaveAll, listenTo, next } from './members.ts'

const script = fileURLToPath(new URL('./exhausted-process.ts', import.meta.url))
/** libp2p lists the interfaces one second after a change, and the member every two seconds. */
const heldMs = 3_000

let child: ChildProcess | undefined
afterEach(async () => {
  child?.kill('SIGKILL')
  child = undefined
  await leaveAll()
})

describe.skipIf(process.platform === 'win32')('a process without free file descriptors', () => {
  it('stays a member, and accepts connections when it has some again', async () => {
    const first = await join({ cluster: 'exhausted', name: 'first' })
    const joined = next(first, 'join')
    const options = { cluster: 'exhausted', name: 'exhausted', bootstrap: first.self.addresses, mdns: false }
    const command = [process.execPath, ...execArgv, script, JSON.stringify(options)]
    child = spawn('sh', ['-c', 'ulimit -n 128; exec "$@"', 'sh', ...command], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    const { addresses } = await joined
    const events = listenTo(first)

    child.send('exhaust')
    const [opened] = await once(child, 'message')
    expect(opened).toBeGreaterThan(0)
    await passes(heldMs)
    expect([child.exitCode, events]).toEqual([null, []])

    child.send('release')
    await once(child, 'message')
    const second = await join({ cluster: 'exhausted', name: 'second', bootstrap: addresses })
    await next(second, 'join')
    expect(events.filter(({ name }) => name === 'exhausted')).toEqual([])
  })
})
