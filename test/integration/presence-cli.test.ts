/** The presence example without a terminal: who is here, and what they type. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Example } from '../processes/example.ts'

const script = fileURLToPath(new URL('../../examples/presence-cli/main.ts', import.meta.url))

// Nobody else on this network, or in another run of this test, is to be in it.
process.env['CLUSTER'] = `test-${process.pid}`

it('those in the lobby see each other come, type and go', { timeout: 90_000 }, async () => {
  const ada = new Example([script, 'ada'])
  const bob = new Example([script, 'bob', await ada.address])
  await ada.line(/^bob is here$/)
  await bob.line(/^ada is here$/)
  bob.say('hello')
  expect(await ada.line(/^bob: /)).toBe('bob: hello|')
  bob.signal('SIGINT')
  await ada.line(/^bob is gone$/)
  await bob.gone
})
