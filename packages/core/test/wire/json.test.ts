import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyJson, type JsonFault, parseJson } from '../../src/wire/json.ts'

const half = '\ud83d'

class Point {
  x = 1
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)]
}

function circle(): unknown {
  const own: Record<string, unknown> = {}
  own['own'] = own
  return own
}

/** 40 objects that expand to 2 ** 40 JSON values. */
function sharedTree(): unknown {
  let top: unknown = 1
  for (let level = 0; level < 40; level += 1) top = { left: top, right: top }
  return top
}

function objectOf(properties: number): unknown {
  return Object.fromEntries(Array.from({ length: properties }, (_, i) => [`${i}`, 1]))
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('a value that JSON represents', () => {
  it.each<[what: string, value: unknown]>([
    ['null', null],
    ['a boolean', false],
    ['a number', -1.5e-7],
    ['a text', 'Ada 😀'],
    ['an empty text', ''],
    ['a list', [1, [], ['x']]],
    ['an object', { a: { b: [null] }, '': 1, 'a b': 2 }],
    ['keys that are special names in JavaScript', JSON.parse('{"__proto__":{"x":1},"constructor":2}')],
    ['a hundred levels', nested(100)],
    ['a text that contains the escape of half a surrogate pair', { text: '\\ud83d', more: '"\\\\ud83d' }],
  ])('is equal for all members: %s', (_, value) => {
    const copied = copyJson(value)
    expect(copied).toEqual({ type: 'copied', value, text: JSON.stringify(value) })
    expect(parseJson(JSON.stringify(value))).toEqual(value)
  })

  it.each<[what: string, value: unknown, copied: unknown]>([
    ['−0 becomes 0', [-0, { x: -0 }], [0, { x: 0 }]],
    ['a property that is undefined is left out', { a: 1, b: undefined }, { a: 1 }],
    ['a property under a symbol is left out', { a: 1, [Symbol('b')]: 2 }, { a: 1 }],
    ['an object without a prototype is copied', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['an object of another realm is copied', runInNewContext('({ a: [{ b: 1 }] })'), { a: [{ b: 1 }] }],
    [
      'a getter is read',
      {
        get a() {
          return 1
        },
      },
      { a: 1 },
    ],
    ['a proxy is read', new Proxy({ a: 1 }, {}), { a: 1 }],
  ])('with these exceptions: %s', (_, value, copied) => {
    const result = copyJson(value)
    expect(result).toStrictEqual({ type: 'copied', value: copied, text: JSON.stringify(copied) })
  })

  it.each([
    ['a list', new Array(32_768).fill(1)],
    ['an object', objectOf(32_768)],
  ])('may have 32,768 values: %s', (_, value) => {
    expect(copyJson(value)).toMatchObject({ type: 'copied' })
  })

  it('is copied to ordinary properties, also under a special name', () => {
    const copied = copyJson(JSON.parse('{"__proto__":1}'))
    const value = copied.type === 'copied' ? copied.value : undefined
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')).toEqual({
      value: 1,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  })

  it('is copied: later changes by the app are not shared', () => {
    const value = { list: [1] }
    const copied = copyJson(value)
    value.list.push(2)
    expect(copied).toMatchObject({ value: { list: [1] } })
  })

  it('is parsed to the value that its author wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const copied = copyJson(value)
        if (copied.type === 'fault') throw new Error(copied.reason)
        expect(parseJson(copied.text)).toStrictEqual(copied.value)
      }),
    )
  })
})

describe('a value that JSON would change', () => {
  it.each<[what: string, value: unknown, reason: RegExp]>([
    ['NaN', Number.NaN, /^is NaN: JSON has no such number$/],
    ['Infinity', Number.POSITIVE_INFINITY, /^is Infinity: /],
    ['-Infinity', Number.NEGATIVE_INFINITY, /^is -Infinity: /],
    ['a function', () => 1, /^is a function: /],
    ['a symbol', Symbol('x'), /^is a symbol: /],
    ['a bigint', 1n, /^is a bigint: /],
    ['a Date', new Date(0), /^is a Date: share plain objects/],
    ['a Map', new Map([['a', 1]]), /^is a Map: share plain objects/],
    ['a Set', new Set([1]), /^is a Set: share plain objects/],
    ['bytes', new Uint8Array(3), /^is a Uint8Array: share plain objects/],
    ['a Buffer', Buffer.from('x'), /^is a Buffer: share plain objects/],
    ['an ArrayBuffer', new ArrayBuffer(3), /^is a ArrayBuffer: share plain objects/],
    ['a WeakMap', new WeakMap(), /^is a WeakMap: share plain objects/],
    ['an Error', new Error('x'), /^is a Error: share plain objects/],
    ['a RegExp', /x/, /^is a RegExp: share plain objects/],
    ['a URL', new URL('https://example.org'), /^is a URL: share plain objects/],
    ['a promise', Promise.resolve(1), /^is a Promise: share plain objects/],
    ['an instance', new Point(), /^is a Point: share plain objects/],
    ['an instance without a name', new (class {})(), /^is a class instance: /],
    [
      'an instance without a constructor',
      Object.create(Object.create(Object.create(null))),
      /^is a class instance: /,
    ],
    ['a boxed number', Object(1), /^is a Number: share plain objects/],
    ['an object with toJSON', { toJSON: () => 1 }, /^is a function: /],
    ['half of a surrogate pair', `x${half}`, /^has half of a surrogate pair at index 1: /],
  ])('is rejected with its path: %s', (_, value, reason) => {
    const of = (whole: unknown) => copyJson(whole) as JsonFault
    const isMethod =
      typeof value === 'object' && value !== null && 'toJSON' in value && Object.hasOwn(value, 'toJSON')
    const inside = isMethod ? ['toJSON'] : []
    expect(of(value)).toEqual({ type: 'fault', path: inside, reason: expect.stringMatching(reason) })
    expect(of({ first: { deep: [1] }, a: [{}, { b: value }] })).toEqual({
      type: 'fault',
      path: ['a', 1, 'b', ...inside],
      reason: expect.stringMatching(reason),
    })
  })

  it.each<[what: string, value: unknown, path: (string | number)[], reason: RegExp]>([
    ['undefined', undefined, [], /^is undefined/],
    ['undefined in a list', { list: [1, undefined] }, ['list', 1], /^is undefined: JSON has null/],
    // biome-ignore lint/suspicious/noSparseArray: the test checks that it is rejected
    ['a hole in a list', { list: [1, , 2] }, ['list', 1], /^is undefined: /],
    ['a long list of holes', new Array(1_000_000_000), [], /^has more than 32768 values/],
    [
      'half of a surrogate pair in a key',
      { a: { [`k${half}`]: 1 } },
      ['a'],
      /^has a key 'k\ufffd' that has half .* index 1/,
    ],
    [
      'a circular reference',
      { a: circle() },
      [],
      /^is nested deeper than 100 levels: does it contain itself\?$/,
    ],
    ['a hundred and one levels', nested(101), [], /^is nested deeper than 100 levels/],
    ['few objects that expand to many JSON values', sharedTree(), [], /^has more than 32768 values/],
    ['a list with 32,769 values', new Array(32_769).fill(1), [], /^has more than 32768 values/],
    ['an object with 32,769 values', objectOf(32_769), [], /^has more than 32768 values/],
    [
      'lists that together have 32,769 values',
      [new Array(32_767).fill(1)].concat([[]]),
      [],
      /^has more than 32768 values/,
    ],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no')
        },
      },
      [],
      /^cannot be read: Error: no$/,
    ],
    ['a revoked proxy', { a: revoked() }, [], /^cannot be read: TypeError/],
  ])('is rejected: %s', (_, value, path, reason) => {
    expect(copyJson(value)).toEqual({ type: 'fault', path, reason: expect.stringMatching(reason) })
  })

  it.each<[what: string, value: unknown, copied: unknown]>([
    ['an instance, by its properties', { at: new Point() }, { at: { x: 1 } }],
    ['an instance with toJSON', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    [
      'an instance whose property toJSON is no method',
      new (class {
        toJSON = 1
      })(),
      { toJSON: 1 },
    ],
  ])('is copied with `as JSON`: %s', (_, value, copied) => {
    expect(copyJson(value, 'as JSON')).toMatchObject({ type: 'copied', value: copied })
  })

  it.each<[what: string, value: unknown]>([
    ['NaN', { x: Number.NaN }],
    ['a Map', { x: new Map() }],
    ['bytes', { x: new Uint8Array(1) }],
    ['half of a surrogate pair', { x: half }],
    [
      'toJSON that returns its object',
      {
        x: new (class {
          toJSON() {
            return this
          }
        })(),
      },
    ],
    [
      'toJSON that returns NaN',
      {
        x: new (class {
          toJSON() {
            return Number.NaN
          }
        })(),
      },
    ],
  ])('is rejected with `as JSON`: %s', (_, value) => {
    expect(copyJson(value, 'as JSON')).toMatchObject({ type: 'fault' })
  })
})

describe('received JSON', () => {
  it.each<[text: string, value: unknown]>([
    ['"\\ud83d"', '\ufffd'],
    ['{"a\\ude00":["x\\uD83D",1]}', { 'a\ufffd': ['x\ufffd', 1] }],
    [`"${half}"`, '\ufffd'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\\\ud83d"', '\\ud83d'],
  ])('%s is read with U+FFFD for each half of a surrogate pair', (text, value) => {
    expect(parseJson(text)).toEqual(value)
  })

  it.each(['', '{', 'NaN', 'undefined', `${'['.repeat(101)}${']'.repeat(101)}`, '['.repeat(100_000)])(
    'is rejected if it is not JSON or too deep: %.20s',
    text => {
      expect(parseJson(text)).toBeUndefined()
    },
  )

  it.each(['1e999', '[-1e999]', '{"a":{"b":1e309}}'])(
    'is rejected if JavaScript reads one of its numbers as Infinity: %s',
    text => {
      expect(parseJson(text)).toBeUndefined()
    },
  )
})
