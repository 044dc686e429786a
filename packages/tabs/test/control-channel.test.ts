import { afterEach, expect, it } from 'vitest'
import { ControlChannel, type ControlMessage } from '../src/control-channel.ts'

const closing: { close(): void }[] = []
afterEach(() => {
  for (const each of closing.splice(0)) each.close()
})

it('ignores messages of another form, which any script of the origin can send', async () => {
  const name = crypto.randomUUID()
  const channel = new ControlChannel(name)
  const foreign = new BroadcastChannel(`hearsay:tabs:${name}`)
  closing.push(channel, foreign)
  const received: ControlMessage[] = []
  const last = new Promise<void>(resolve =>
    channel.listen(message => {
      received.push(message)
      if (message.type === 'pong') resolve()
    }),
  )
  const wrong = [
    null,
    undefined,
    1,
    'open',
    [],
    {},
    { type: 'constructor' },
    { type: '__proto__' },
    { type: null },
    { type: 'open' },
    { type: 'open', view: 5, channel: 'a' },
    { type: 'open', view: 'a', channel: '' },
    { type: 'ended', leader: {} },
  ]
  for (const each of wrong) foreign.postMessage(each)
  foreign.postMessage({ type: 'closed', view: 'a' })
  foreign.postMessage({ type: 'pong' })
  await last
  expect(received).toEqual([{ type: 'closed', view: 'a' }, { type: 'pong' }])
})
