import { multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { join, leaveAll, loopback } from './members.ts'

afterEach(leaveAll)

/** The HTTP status of the answer to a page of this origin. */
function statusFor(address: string, origin?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(multiaddrToUri(multiaddr(address)), { ...(origin && { origin }) })
    socket.once('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy()
      resolve(statusCode)
    })
    socket.once('error', reject)
  })
}

it('a member lets pages of listed origins connect, and answers 403 to others', async () => {
  const listen = [`${loopback}/ws`]
  const member = await join({ cluster: 'atlas', name: 'ada', listen, origins: ['https://app.example'] })
  const [address = ''] = member.self.addresses
  expect(await statusFor(address)).toBe(101)
  expect(await statusFor(address, 'https://app.example')).toBe(101)
  expect(await statusFor(address, 'http://localhost:5173')).toBe(101)
  expect(await statusFor(address, 'https://evil.example')).toBe(403)
  expect(await statusFor(address, 'null')).toBe(403)
})
