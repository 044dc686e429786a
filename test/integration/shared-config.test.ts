/** The shared config example, as in its README: the processes of a service load settings as soon as they are set. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Example } from '../processes/example.ts'

const script = (name: string) =>
  fileURLToPath(new URL(`../../examples/shared-config/${name}`, import.meta.url))

const serve = (name: string, ...options: string[]) => new Example([script('service.ts'), name, ...options])

// A cluster name that no other program on this network, and no other run of this test, uses.
process.env['CLUSTER'] = `test-${process.pid}`

it('a service loads its settings when they are set', { timeout: 90_000 }, async () => {
  const ada = serve('ada')
  const joined = ['--bootstrap', await ada.address]
  const bob = serve('bob', ...joined)
  await bob.line(/bob serves/)
  const ask = async (...words: string[]) => {
    const command = new Example([script('command.ts'), ...words, ...joined])
    await command.exited
    return command.lines
  }
  expect(await ask('get', 'greeting')).toEqual(['Hello'])
  expect(await ask('set', 'greeting', 'Good morning')).toEqual([])
  for (const service of [ada, bob]) await service.line(/loaded {"greeting":"Good morning","times":1}/)
  expect(await ask('set', 'times', '30')).toEqual([expect.stringMatching(/^set: 'times': .*<=10/)])
  expect(await ask('get', 'greeting')).toEqual(['Good morning'])
  expect(await ask('history', 'greeting')).toEqual([expect.stringMatching(/Z settings – → Good morning$/)])
  const watch = new Example([script('command.ts'), 'watch', 'greeting', ...joined])
  await watch.line(/Good morning/)
  await ask('set', 'greeting', 'Good night')
  await watch.line(/Good night/)

  const [, url = ''] = /serves (\S+)/.exec(await ada.line(/serves/)) ?? []
  expect(await (await fetch(url)).text()).toBe('Good night from ada\n')
})
