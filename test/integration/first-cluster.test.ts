/** The first example, as in its README: processes that see each other join and leave, by a ticket that one of them prints. */
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

async function until(line: string): Promise<void> {
  await vi.waitFor(() => expect(printed).toContain(line), { timeout: 30_000, interval: 20 })
}

/** The programs that start from now on have the ticket that `name` prints. */
async function useTicketOf(name: string): Promise<void> {
  const printedTicket = () => printed.flatMap(line => line.split(`${name}: HEARSAY_TICKET=`)[1] ?? []).at(0)
  const ticket = await vi.waitUntil(printedTicket, { timeout: 30_000, interval: 20 })
  vi.stubEnv('HEARSAY_TICKET', ticket)
}

afterEach(() => {
  vi.unstubAllEnvs()
  for (const member of started) member.signal('SIGKILL')
})

it('the first cluster prints the members that join, leave and fail', { timeout: 90_000 }, async () => {
  const { address: strangersAddress } = await start('mallory').ready
  await start('ada', strangersAddress).ready
  await useTicketOf('ada')
  const grace = start('grace', strangersAddress)
  await until('ada: join grace')
  await until('grace: join ada')
  grace.signal('SIGINT')
  await until('ada: leave grace')
  await grace.exited
  const alan = start('alan')
  await until('ada: join alan')
  alan.signal('SIGKILL')
  await until('ada: fail alan')
  expect(printed.filter(line => line.includes('join mallory') || line.startsWith('mallory: join'))).toEqual(
    [],
  )
})
