/** The first example, as its README says it: two processes that see each other come and go. */
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it, vi } from 'vitest'
import { startMember } from '../processes/member.ts'
import type { Member } from '../processes/subject.ts'

const script = fileURLToPath(new URL('../../examples/first-cluster/main.ts', import.meta.url))
const started: Member[] = []
const heard: string[] = []

/** The lines that `name` prints are kept as `name: line`. */
function start(name: string, ...bootstrap: string[]): Member {
  const member = startMember(name, process.execPath, [script, name, ...bootstrap], line => {
    heard.push(`${name}: ${line}`)
    return /listens on (\S+)$/.exec(line)?.[1]
  })
  started.push(member)
  return member
}

async function until(line: string): Promise<void> {
  await vi.waitFor(() => expect(heard).toContain(line), { timeout: 30_000, interval: 20 })
}

afterEach(() => {
  for (const member of started) member.signal('SIGKILL')
})

it('the first cluster prints who comes, goes and dies', { timeout: 90_000 }, async () => {
  const { address } = await start('ada').ready
  const grace = start('grace', address)
  await until('ada: join grace')
  await until('grace: join ada')
  grace.signal('SIGINT')
  await until('ada: leave grace')
  await grace.gone
  const alan = start('alan', address)
  await until('ada: join alan')
  alan.signal('SIGKILL')
  await until('ada: fail alan')
})
