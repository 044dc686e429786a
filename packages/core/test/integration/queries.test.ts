import { afterEach, expect, it } from 'vitest'
import { joinMany, leaveAll, untilAllSee } from './members.ts'

afterEach(leaveAll)

it('20 members, of which the asker is connected to few, answer over libp2p', {
  timeout: 120_000,
}, async () => {
  const members = await joinMany('queries', 20)
  await untilAllSee(members, 20)
  for (const member of members) member.answer('name', () => member.self.name)
  const asker = members.at(-1) ?? members[0]
  const names = members.map(({ self }) => self.name).sort()
  const { answers, failures, missing } = await asker.query('name', null, { timeoutMs: 20_000 })
  expect(answers.map(({ value }) => value).sort()).toEqual(names)
  expect([failures, missing]).toEqual([[], []])
})
