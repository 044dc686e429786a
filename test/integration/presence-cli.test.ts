/** The presence example without a terminal: the members in the room, and the text that they type. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Example } from '../processes/example.ts'

const script = fileURLToPath(new URL('../../examples/presence-cli/main.ts', import.meta.url))

// A cluster name that no other program on this network, and no other run of this test, uses.
process.env['CLUSTER'] = `test-${process.pid}`

it('members in the lobby see each other join, type and leave', { timeout: 90_000 }, async () => {
  const ada = new Example([script, 'ada'])
  const bob = new Example([script, 'bob', await ada.address])
  await ada.line(/^bob is here$/)
  await bob.line(/^ada is here$/)
  bob.writeLine('hello')
  expect(await ada.line(/^bob: /)).toBe('bob: hello|')
  bob.signal('SIGINT')
  await ada.line(/^bob is gone$/)
  await bob.exited
})
