/** Misuse: a value that an app gives by mistake is rejected immediately, by its name, and changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import type { Config } from '../../src/api/config.ts'
import { InvalidOptionsError, InvalidValueError } from '../../src/api/errors.ts'
import type { Room } from '../../src/api/room.ts'
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'
import { hearsay } from '../../src/libp2p/node/platform.ts'
import { join, leaveAll } from './members.ts'

/** Ends with half an emoji; long enough for the second encoder of the codec. */
const cut = 'Ada Lovelace, who likes to write long names 😀'.slice(0, -1)

let cluster: Cluster
let room: Room
let config: Config

beforeAll(async () => {
  cluster = await join({ cluster: 'misuse', name: 'ada', tags: { role: 'host' } })
  room = await cluster.room('room')
  config = await cluster.config('config')
})

afterAll(leaveAll)

/** Calls as an app without TypeScript would. */
const untyped = (given: unknown) => given as never

describe('an unusable option is rejected', () => {
  it.each<[what: string, act: () => unknown, message: RegExp]>([
    ['joinCluster()', () => joinCluster(untyped(undefined)), /^joinCluster: give an object of options/],
    ['joinCluster(null)', () => joinCluster(untyped(null)), /^joinCluster: give an object/],
    ["joinCluster('atlas')", () => joinCluster(untyped('atlas')), /^joinCluster: give an object/],
    [
      'a misspelt one',
      () => join(untyped({ cluster: 'misuse', boostrap: [] })),
      /did you mean 'bootstrap'\?/,
    ],
    ['hearsay(null)', async () => hearsay(untyped(null)), /^hearsay: give an object/],
    [
      'hearsay with another',
      async () => hearsay(untyped({ cluster: 'x', mdns: true })),
      /unknown option 'mdns'/,
    ],
    ['update(null)', async () => cluster.update(untyped(null)), /^update: give an object/],
    ['update()', async () => cluster.update(untyped(undefined)), /^update: give an object/],
    ['update({ name: 5 })', async () => cluster.update(untyped({ name: 5 })), /^name: give a string/],
    [
      'a cut name',
      async () => cluster.update({ name: cut }),
      /^name: it has half of a surrogate pair at index 44/,
    ],
    ['a cut tag', async () => cluster.update({ tags: { [cut]: '' } }), /^tags: the key '.*' has half/],
    ['explain(5)', () => cluster.explain(untyped(5)), /^explain: give a member id/],
    ['room(5)', () => cluster.room(untyped(5)), /^room: give a name/],
    ['a room of a cut name', () => cluster.room(cut), /^room: the name has half/],
    ['config(5)', () => cluster.config(untyped(5)), /^config: give a name/],
    ['a config of a cut name', () => cluster.config(cut), /^config: the name has half/],
    ["config('x', null)", () => cluster.config('x', untyped(null)), /^config: give an object of options/],
    ["config('x', 5)", () => cluster.config('x', untyped(5)), /^config: give an object of options/],
    ["config('x', { shema })", () => cluster.config('x', untyped({ shema: {} })), /did you mean 'schema'\?/],
    ['document(5)', async () => room.document(untyped(5)), /^document: give a name/],
    ['a document of a cut name', async () => room.document(cut), /^document: the name has half/],
  ])('%s', async (_, act, message) => {
    const error = await (async () => act())().catch((refused: unknown) => refused)
    expect(error).toBeInstanceOf(InvalidOptionsError)
    expect(String(error).replace('InvalidOptionsError: ', '')).toMatch(message)
    expect(cluster.self).toMatchObject({ name: 'ada', tags: { role: 'host' } })
  })
})

describe('an unusable value is rejected', () => {
  const values: readonly [what: string, value: unknown, message: RegExp][] = [
    ['NaN', { x: Number.NaN }, /x' is NaN/],
    ['a Date', { x: new Date(0) }, /x' is a Date/],
    ['a cut text', { x: [cut] }, /x\[0\]' has half of a surrogate pair at index 44/],
    ['a cut key', { [cut]: 1 }, /has a key '.*' that has half/],
    ['a function', { x: () => 1 }, /x' is a function/],
    ['a hole', { x: new Array(1) }, /x\[0\]' is undefined/],
  ]

  it.each(values)('in presence: %s', (_, value, message) => {
    room.presence.set({ field: 1 })
    const set = () => room.presence.set(untyped({ other: 1, field: value }))
    expect(set).toThrow(InvalidValueError)
    expect(set).toThrow(/^presence: 'field/)
    expect(set).toThrow(message)
    expect(room.presence.own.getSnapshot()).toEqual({ field: 1 })
  })

  it.each(values)('in a config: %s', async (_, value, message) => {
    const set = () => config.set('key', value)
    await expect(set).rejects.toThrow(InvalidValueError)
    await expect(set).rejects.toThrow(/^set: 'key/)
    await expect(set).rejects.toThrow(message)
    expect(config.entries.getSnapshot()).toEqual({})
  })

  it.each(values)('in a broadcast: %s', (_, value, message) => {
    expect(() => room.broadcast(value)).toThrow(InvalidValueError)
    expect(() => room.broadcast(value)).toThrow(/^broadcast: /)
    expect(() => room.broadcast(value)).toThrow(message)
  })

  it.each(values.filter(([what]) => what !== 'a Date'))('in awareness: %s', (_, value, message) => {
    const { awareness } = room.document('notes')
    awareness.setLocalState({ before: 1 })
    expect(() => awareness.setLocalStateField('field', value)).toThrow(InvalidValueError)
    expect(() => awareness.setLocalStateField('field', value)).toThrow(/^awareness: 'state\.field/)
    expect(() => awareness.setLocalStateField('field', value)).toThrow(message)
    expect(awareness.getLocalState()).toEqual({ before: 1 })
  })

  it.each<[unknown]>([['str'], [null], [5], [[]], [undefined]])('as a whole presence: %j', change => {
    expect(() => room.presence.set(untyped(change))).toThrow(InvalidValueError)
    expect(() => room.presence.set(untyped(change))).toThrow(/^presence: give an object of fields/)
  })

  it('as a key or a field name with half a surrogate pair', async () => {
    await expect(config.set(cut, 1)).rejects.toThrow(/^set: the key has half of a surrogate pair at index 44/)
    await expect(config.set(untyped(5), 1)).rejects.toThrow(/^set: the key is not a string/)
    await expect(config.set('key', undefined)).rejects.toThrow(/^set: 'key' is undefined: delete\('key'\)/)
    expect(() => room.presence.set({ [cut]: 1 })).toThrow(/^presence: the field name '.*' has half/)
    expect(() => room.broadcast(undefined)).toThrow(/^broadcast: the value is undefined/)
  })
})

it('joins through host:port', async () => {
  const port = /\/tcp\/(\d+)/.exec(cluster.self.addresses[0] ?? '')?.[1]
  for (const host of ['127.0.0.1', 'localhost']) {
    const other = await join({ cluster: 'misuse', bootstrap: [`${host}:${port}`] })
    await until(other.members, members => members.length > 1)
    await other.leave()
  }
})

it('throws that it needs Node 22, before libp2p throws that a function is missing', async () => {
  const withResolvers = Reflect.get(Promise, 'withResolvers')
  Reflect.deleteProperty(Promise, 'withResolvers')
  try {
    await expect(joinCluster({ cluster: 'misuse' })).rejects.toThrow(
      /^joinCluster: needs Node 22 or newer, this is v/,
    )
  } finally {
    Object.assign(Promise, { withResolvers })
  }
})
