import { expect, it } from 'vitest'
import { LeaderPort } from '../src/leader-port.ts'

it('drops messages after it was closed, over each carrier', () => {
  for (const carrier of [new BroadcastChannel('leader-port'), new MessageChannel().port1]) {
    const port = new LeaderPort(carrier, 'leader')
    port.close()
    expect(() => port.postMessage('late')).not.toThrow()
  }
})
