/** The first example, as in its README: two processes that see each other join and leave. */
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it, vi } from 'vitest'
import { startMember } from '../processes/member.ts'
import type { Member } from '../processes/subject.ts'

const script = fileURLToPath(new URL('../../examples/first-cluster/main.ts', import.meta.url))
const started: Member[] = []
const printed: string[] = []

/** The lines that `name` prints are collected as `name: line`. */
function start(name: string, ...bootstrap: string[]): Member {
  const member = startMember(name, [process.execPath, script, name, ...bootstrap], line => {
    printed.push(`${name}: ${line}`)
    return /listens on (\S+)$/.exec(line)?.[1]
  })
  started.push(member)
  return member
}

/** The programs that start from now on have this secret. */
const useSecret = (secret: string): void => void vi.stubEnv('HEARSAY_SECRET', secret)

async function until(line: string): Promise<void> {
  await vi.waitFor(() => expect(printed).toContain(line), { timeout: 30_000, interval: 20 })
}

afterEach(() => {
  vi.unstubAllEnvs()
  for (const member of started) member.signal('SIGKILL')
})

it('the first cluster prints the members that join, leave and fail', { timeout: 90_000 }, async () => {
  useSecret('the secret of a stranger')
  const stranger = start('mallory')
  const { address: strangersAddress } = await stranger.ready
  useSecret('the secret of the first cluster')
  const { address } = await start('ada', strangersAddress).ready
  const grace = start('grace', address, strangersAddress)
  await until('ada: join grace')
  await until('grace: join ada')
  grace.signal('SIGINT')
  await until('ada: leave grace')
  await grace.exited
  const alan = start('alan', address)
  await until('ada: join alan')
  alan.signal('SIGKILL')
  await until('ada: fail alan')
  expect(printed.filter(line => line.includes('join mallory') || line.startsWith('mallory: join'))).toEqual(
    [],
  )
})
