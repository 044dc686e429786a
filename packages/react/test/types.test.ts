/** Type tests: `typecheck` checks them; running this file checks nothing. */
import type { Cluster, Config, Health, Json, Member, Other, Room, RoomDocument } from '@hearsay/core'
import * as v from 'valibot'
import { expectTypeOf, it } from 'vitest'
import * as main from '../src/index.ts'
import * as suspense from '../src/suspense.ts'

interface Shown {
  cursor: { x: number; y: number } | null
  name: string
}

const room = main.createRoomHooks<Shown>()
const waiting = suspense.createRoomHooks<Shown>()
const schema = { color: v.picklist(['red', 'blue']), retries: v.number() }
const flags = main.defineConfig('flags', { schema })
const numbers = main.defineConfig('numbers', { schema: v.number() })

it('infers the result of a selector over the cluster', () => {
  expectTypeOf(main.useCluster).returns.toEqualTypeOf<Cluster | null>()
  expectTypeOf(suspense.useCluster).returns.toEqualTypeOf<Cluster>()
  const all = () => main.useMembers()
  expectTypeOf(all).returns.toEqualTypeOf<readonly Member[]>()
  const count = () => main.useMembers(members => members.length)
  expectTypeOf(count).returns.toEqualTypeOf<number>()
  const names = () =>
    main.useMembers(
      members => members.map(({ name }) => name),
      (a, b) => a.join() === b.join(),
    )
  expectTypeOf(names).returns.toEqualTypeOf<string[]>()
  const status = () => main.useMember('id', member => member.status)
  expectTypeOf(status).returns.toEqualTypeOf<Member['status'] | undefined>()
  const self = () => [main.useSelf(), suspense.useSelf(), main.useSelf(({ id }) => id)] as const
  expectTypeOf(self).returns.toEqualTypeOf<readonly [Member | null, Member, string | null]>()
  const health = () => [main.useHealth(), suspense.useHealth(({ pauses }) => pauses)] as const
  expectTypeOf(health).returns.toEqualTypeOf<readonly [Health | null, number]>()
})

it('infers the presence type from the room', () => {
  expectTypeOf(room.useRoom).returns.toEqualTypeOf<Room<Shown> | null>()
  expectTypeOf(waiting.useRoom).returns.toEqualTypeOf<Room<Shown>>()
  const own = () => room.usePresence(({ cursor }) => cursor)
  expectTypeOf(own).returns.toEqualTypeOf<Shown['cursor'] | undefined>()
  const others = () => waiting.useOthers()
  expectTypeOf(others).returns.toEqualTypeOf<readonly Other<Shown>[]>()
  const mapped = () => room.useOthersMapped(({ presence }) => presence.name)
  expectTypeOf(mapped).returns.toEqualTypeOf<readonly (readonly [id: string, value: string | undefined])[]>()
  type Change = Parameters<ReturnType<typeof room.useUpdatePresence>>[0]
  expectTypeOf<{ name: undefined }>().toExtend<Change>()
  expectTypeOf<{ name: number }>().not.toExtend<Change>()
  expectTypeOf<{ name: number }>().not.toExtend<
    NonNullable<Parameters<typeof room.RoomProvider>[0]['presence']>
  >()
  const anything = () => main.usePresence(({ cursor }) => cursor)
  expectTypeOf(anything).returns.toEqualTypeOf<Json | undefined>()
  expectTypeOf(main.useDocument).returns.toEqualTypeOf<RoomDocument | null>()
  expectTypeOf(suspense.useDocument).returns.toEqualTypeOf<RoomDocument>()
})

it('infers the values of a config from its schema', () => {
  const config = () => [main.useConfig(flags), suspense.useConfig(flags), main.useConfig('any')] as const
  type Flags = Config<typeof schema>
  expectTypeOf(config).returns.toEqualTypeOf<readonly [Flags | null, Flags, Config | null]>()
  const color = () => main.useConfigValue(flags, 'color')
  expectTypeOf(color).returns.toEqualTypeOf<'red' | 'blue' | undefined>()
  const selected = () => suspense.useConfigValue(flags, ({ retries = 0 }) => retries)
  expectTypeOf(selected).returns.toEqualTypeOf<number>()
  const any = () => main.useConfigValue('any', 'key')
  expectTypeOf(any).returns.toEqualTypeOf<Json | undefined>()
  const each = () => main.useConfigValue(numbers, 'whatever')
  expectTypeOf(each).returns.toEqualTypeOf<number | undefined>()
  // @ts-expect-error the schema has no such key
  const wrong = () => main.useConfigValue(flags, 'colour')
  expectTypeOf(wrong).toBeFunction()
})

it('exports the same names from both entry points', () => {
  expectTypeOf<keyof typeof main>().toEqualTypeOf<keyof typeof suspense>()
})
