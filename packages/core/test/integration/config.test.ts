import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import * as v from 'valibot'
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { ConfigRejection } from '../../src/api/config.ts'
import {
  InvalidOptionsError,
  InvalidValueError,
  NotRunningError,
  StorageError,
} from '../../src/api/errors.ts'
import { join, joinMany, leaveAll, untilAllSee } from './members.ts'

let folder: string | undefined

afterEach(async () => {
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const schema = { color: v.string(), size: v.number() }

describe('a shared config over TCP and Noise', { timeout: 60_000 }, () => {
  it('is equal for all members, typed by its schema', async () => {
    const members = await joinMany('config', 4)
    await untilAllSee(members, 4)
    const configs = await Promise.all(members.map(member => member.config('flags', { schema })))
    const [first, second] = configs
    if (!first || !second) throw new Error('four members open a config')
    expectTypeOf(first.get('color')).toEqualTypeOf<string | undefined>()
    expectTypeOf(first.set<'size'>)
      .parameter(1)
      .toEqualTypeOf<number>()
    await first.set('color', 'red')
    await second.set('size', 3)
    await Promise.all(
      configs.map(({ entries }) => until(entries, ({ color, size }) => color === 'red' && size === 3)),
    )
    expect(second.history('color')).toMatchObject([{ by: members[0].self.id, from: undefined, to: 'red' }])
    await second.delete('color')
    await Promise.all(configs.map(({ entries }) => until(entries, ({ color }) => color === undefined)))
  })

  it('rejects values that are invalid by its schema: a write with the reason, an arriving entry by hiding it', async () => {
    const members = await joinMany('schema', 2)
    await untilAllSee(members, 2)
    const [strict, loose] = [
      await members[0].config('flags', { schema }),
      await (members[1] ?? members[0]).config('flags'),
    ]
    await expect(strict.set('size', 'large' as never)).rejects.toThrow(
      /^set: 'size': Invalid type: Expected number/,
    )
    await expect(strict.set('weight' as never, 1 as never)).rejects.toThrow(/no such key/)
    expect(strict.entries.getSnapshot()).toEqual({})
    const refused = new Promise<ConfigRejection>(resolve => {
      strict.events.addEventListener('rejected', ({ detail }) => resolve(detail), { once: true })
    })
    await loose.set('size', 'large')
    expect(await refused).toMatchObject({
      key: 'size',
      to: 'large',
      issues: [expect.stringContaining('Expected number')],
    })
    expect(strict.get('size')).toBeUndefined()
    await strict.set('size', 7)
    await until(loose.entries, ({ size }) => size === 7)
    expect(strict.history('size').map(({ to }) => to)).toEqual([7, 'large'])
  })

  it('rejects values that cannot be shared, and unusable options', async () => {
    const [member] = await joinMany('refused', 1)
    const config = await member.config('flags')
    await expect(config.set('big', 'x'.repeat(20_000))).rejects.toThrow(/at most 16384/)
    await expect(config.set('k'.repeat(300), 1)).rejects.toThrow(InvalidValueError)
    await expect(config.set('function', () => {})).rejects.toThrow(/JSON/)
    expect(await member.config('flags')).toBe(config)
    await expect(member.config('flags', { writers: [] })).rejects.toThrow(/other options/)
    await expect(member.config('other', { writers: ['nobody'] })).rejects.toThrow(InvalidOptionsError)
    await expect(member.config('other', { schema: {} as never, retentionMs: 5 })).rejects.toThrow(
      /retentionMs/,
    )
    config.leave()
    await expect(config.set('late', 1)).rejects.toThrow(NotRunningError)
  })

  it('is restored from its folder after all members have left', async () => {
    folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-config-'))
    const before = await join({ cluster: 'folder', storage: folder })
    const config = await before.config('flags')
    await config.set('color', 'red')
    await config.set('color', 'blue')
    await config.set('gone', true)
    await config.delete('gone')
    await before.leave()
    const after = await join({ cluster: 'folder', storage: folder })
    const again = await after.config('flags')
    expect(again.entries.getSnapshot()).toEqual({ color: 'blue' })
    expect(again.history('color').map(({ to }) => to)).toEqual(['blue', 'red'])
  })

  it.each<[string, (stored: Uint8Array) => Uint8Array]>([
    ['is damaged', () => Uint8Array.of(1, 2, 3)],
    ['is not what was signed', stored => stored.with(Buffer.from(stored).indexOf('red'), 0x62)],
  ])('throws if the store has %s, and stays as it is', async (_, damage) => {
    const datastore = new MemoryDatastore()
    const before = await join({ cluster: 'damaged', storage: datastore })
    await (await before.config('flags')).set('color', 'red')
    await before.leave()
    const keys: Key[] = []
    for await (const key of datastore.queryKeys({ prefix: '/hearsay/space/' })) keys.push(key)
    const [key = new Key('')] = keys
    const damaged = damage(await datastore.get(key))
    await datastore.put(key, damaged)
    const after = await join({ cluster: 'damaged', storage: datastore })
    await expect(after.config('flags')).rejects.toThrow(StorageError)
    expect(await datastore.get(key)).toEqual(damaged)
  })
})
