import { beforeEach, describe, expect, it } from 'vitest'
import type { Processes } from '../src/demo/page/process-control.ts'
import { site } from '../src/demo/page/serve.ts'

const own = 'http://127.0.0.1:7400'
const command = `${own}/demo/processes/ada/kill`
const json = 'application/json'

let executed: string[] = []
const processes = {
  execute: async (name: string, order: string) => {
    executed.push(`${order} ${name}`)
    return 'done'
  },
} as unknown as Processes

beforeEach(() => {
  executed = []
})

async function post(headers: Record<string, string>, url = command): Promise<number> {
  const { status } = await site(processes).request(url, { method: 'POST', headers })
  return status
}

describe('a command to the demo', () => {
  it('is executed if the page itself sends it', async () => {
    expect(await post({ Origin: own, 'Content-Type': json })).toBe(204)
    expect(await post({ Origin: own, 'Content-Type': `${json}; charset=utf-8` })).toBe(204)
    expect(executed).toEqual(['kill ada', 'kill ada'])
  })

  it.each<[string, number, Record<string, string>]>([
    ['another site', 403, { Origin: 'https://evil.example', 'Content-Type': json }],
    ['another port', 403, { Origin: 'http://127.0.0.1:7401', 'Content-Type': json }],
    ['a sandboxed frame', 403, { Origin: 'null', 'Content-Type': json }],
    ['a request without an origin', 403, { 'Content-Type': json }],
    ['a form', 415, { Origin: own, 'Content-Type': 'text/plain' }],
    ['a request without a type', 415, { Origin: own }],
  ])('is rejected from %s', async (_, status, headers) => {
    expect(await post(headers)).toBe(status)
    expect(executed).toEqual([])
  })

  it('is rejected if another name leads to this machine', async () => {
    const evil = 'http://evil.example:7400'
    const status = await post({ Origin: evil, 'Content-Type': json }, `${evil}/demo/processes/ada/kill`)
    expect(status).toBe(403)
    expect(executed).toEqual([])
  })
})

it.each(['/', '/demo/processes/ada/kill', '/missing'])('%s cannot be shown in a frame', async path => {
  const { headers } = await site(processes).request(own + path)
  expect(headers.get('Content-Security-Policy')).toBe("frame-ancestors 'none'")
  expect(headers.get('X-Frame-Options')).toBe('DENY')
})
