import { describe, expect, it } from 'vitest'
import { dialOutcome } from '../../src/libp2p/dial-outcome.ts'

const coded = (code: string) => Object.assign(new Error(`connect ${code}`), { code })
const wrapped = (code: string) => new Error(`The dial failed: connect ${code} 192.0.2.1:4001`)
const unexpectedPeer = Object.assign(new Error('another peer'), { name: 'UnexpectedPeerError' })

describe('dial outcome', () => {
  it.each<[string, unknown, string]>([
    ['a refusal', coded('ECONNREFUSED'), 'refused'],
    ['a refusal that libp2p wrapped', wrapped('ECONNREFUSED'), 'refused'],
    ['another peer at the only address', unexpectedPeer, 'unreachable'],
    [
      'a refusal, and another peer at another address',
      new AggregateError([unexpectedPeer, coded('ECONNREFUSED')]),
      'refused',
    ],
    [
      'no answer, and another peer at another address',
      new AggregateError([unexpectedPeer, coded('ETIMEDOUT')]),
      'unreachable',
    ],
    ['refusals everywhere', new AggregateError([coded('ECONNREFUSED'), wrapped('ECONNREFUSED')]), 'refused'],
    [
      'refusals, one of them nested',
      new AggregateError([new AggregateError([coded('ECONNREFUSED')])]),
      'refused',
    ],
    [
      'a refusal and a silence',
      new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]),
      'unreachable',
    ],
    [
      'a refusal, and a WebSocket that failed and does not say why',
      new AggregateError([coded('ECONNREFUSED'), new Event('error')]),
      'refused',
    ],
    ['a WebSocket alone', new AggregateError([new Event('error')]), 'unreachable'],
    ['a silence', coded('ETIMEDOUT'), 'unreachable'],
    ['no address at all', new AggregateError([]), 'unreachable'],
    ['the local network down', coded('ENETUNREACH'), 'network-down'],
    [
      'the local network down, twice',
      new AggregateError([coded('ENETUNREACH'), coded('ENETDOWN')]),
      'network-down',
    ],
    [
      'the local network down for one address only',
      new AggregateError([coded('ENETUNREACH'), coded('ETIMEDOUT')]),
      'unreachable',
    ],
    ['no error', undefined, 'unreachable'],
  ])('classifies %s', (_, error, outcome) => {
    expect(dialOutcome(error)).toBe(outcome)
  })
})
