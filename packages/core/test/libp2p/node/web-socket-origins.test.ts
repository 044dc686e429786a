import { expect, it } from 'vitest'
import { isAllowedOrigin } from '../../../src/libp2p/node/web-socket-origins.ts'

it.each<[boolean, string, string | undefined, string, string[]]>([
  [true, 'a program without an origin', undefined, '192.0.2.1:4002', []],
  [true, 'a page of this computer', 'http://localhost:5173', '192.0.2.1:4002', []],
  [true, 'a page of loopback', 'http://127.0.0.1:5173', '127.0.0.1:4002', []],
  [true, 'a page of loopback over IPv6', 'http://[::1]:5173', '[::1]:4002', []],
  [true, 'a page of the same IP address', 'https://192.0.2.1', '192.0.2.1:4002', []],
  [true, 'a page of the same IPv6 address', 'http://[2001:db8::1]:80', '[2001:db8::1]:4002', []],
  [true, 'a listed page', 'https://app.example', 'relay.example', ['https://app.example']],
  [true, 'any page, if all are allowed', 'https://evil.example', '127.0.0.1:4002', ['*']],
  [false, 'a page of elsewhere', 'https://evil.example', '127.0.0.1:4002', []],
  [false, 'a page of another IP address', 'http://192.0.2.2', '192.0.2.1:4002', []],
  [
    false,
    'a page of the same name, which an attacker may own',
    'http://evil.example',
    'evil.example:4002',
    [],
  ],
  [false, 'a page of a listed host over another scheme', 'http://app.example', 'x', ['https://app.example']],
  [false, 'a page of a listed host at another port', 'https://app.example:1', 'x', ['https://app.example']],
  [false, 'a name like loopback', 'http://127.0.0.1.evil.example', '127.0.0.1:4002', []],
  [false, 'a sandboxed page or a file', 'null', '127.0.0.1:4002', []],
  [false, 'an unreadable origin', 'evil', 'evil', []],
])('allowed is %s for %s', (expected, _, origin, host, origins) => {
  expect(isAllowedOrigin(origin, host, origins)).toBe(expected)
})
