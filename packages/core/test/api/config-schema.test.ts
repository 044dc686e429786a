import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { checkWith } from '../../src/api/config-schema.ts'
import { InvalidOptionsError } from '../../src/api/errors.ts'

const answering = (validate: (value: unknown) => unknown): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate: validate as StandardSchemaV1.Props['validate'] },
})

const checked = (validate: (value: unknown) => unknown): unknown => checkWith(answering(validate))('key', 1)

const never = () => {
  throw new Error('broken')
}

describe('a schema', () => {
  it('yields the value to read, or the issues', () => {
    expect(checked(value => ({ value: `${value}!` }))).toEqual({ type: 'valid', value: '1!' })
    const issues = [{ message: 'too small' }, { message: 'no', path: ['a', { key: 0 }] }]
    expect(checked(() => ({ issues }))).toEqual({ type: 'invalid', issues: ['too small', 'a.0: no'] })
  })

  it.each<[string, (value: unknown) => unknown, RegExp]>([
    ['throws', never, /failed: Error: broken/],
    ['answers later', async value => ({ value }), /is asynchronous/],
    ['fails later', async () => never(), /is asynchronous/],
    // Stands for a promise of another realm or of a library.
    // biome-ignore lint/suspicious/noThenProperty: any object with a `then` method counts as a promise.
    ['answers later in its own way', () => ({ then: () => {} }), /is asynchronous/],
    ['answers nothing', () => undefined, /failed/],
    ['has issues that are none', () => ({ issues: [null] }), /failed/],
  ])('that %s makes every value invalid', (_, validate, issue) => {
    expect(checked(validate)).toEqual({ type: 'invalid', issues: [expect.stringMatching(issue)] })
  })

  it('for each key rejects other keys', () => {
    const check = checkWith({ size: answering(value => ({ value })) })
    expect(check('size', 1)).toEqual({ type: 'valid', value: 1 })
    for (const key of ['color', 'toString', '__proto__']) expect(check(key, 1).type).toBe('invalid')
    expect(() => checkWith({ size: {} } as never)).toThrow(InvalidOptionsError)
  })
})
