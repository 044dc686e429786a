import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { PrivateRoom } from '../../src/wire/private-room.ts'
import { clusterTag } from '../../src/wire/tags.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'

const content = Buffer.from('hello')
const [ada, bob] = [Buffer.from('ada'), Buffer.from('bob')]

describe('a private room', () => {
  it('has the same tags for all members with its name and its secret, and other tags for others', () => {
    const room = privateRoomOf('design', 'a secret of this room')
    expect(privateRoomOf('design', 'a secret of this room').space).toBe(room.space)
    const others = [
      privateRoomOf('design', 'a secret of that room'),
      privateRoomOf('design2', 'a secret of this room'),
      new PrivateRoom({
        cluster: clusterTag('another'),
        name: 'design',
        secret: Buffer.from('a secret of this room'),
        random: () => 0,
      }),
    ]
    const tags = [room, ...others].flatMap(each => [
      each.space,
      each.tagOf(idOf('ada')),
      each.tagOf(idOf('bob')),
    ])
    expect(new Set(tags).size).toBe(12)
  })

  it('opens what a member of the room sealed', () => {
    const sealed = privateRoomOf('design').seal('steps', content, ada)
    expect(privateRoomOf('design').open('steps', sealed, ada)).toEqual(new Uint8Array(content))
  })

  it('opens nothing else', () => {
    const room = privateRoomOf('design')
    const sealed = room.seal('steps', content, ada)
    expect(room.open('steps', sealed, bob)).toBeUndefined()
    expect(room.open('rumors', sealed, ada)).toBeUndefined()
    expect(privateRoomOf('design', 'another secret ...').open('steps', sealed, ada)).toBeUndefined()
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(room.open('steps', changed, ada)).toBeUndefined()
      expect(room.open('steps', sealed.subarray(0, at), ada)).toBeUndefined()
    }
  })

  it('uses no nonce twice', () => {
    const room = privateRoomOf('design')
    const nonces = Array.from({ length: 5_000 }, () =>
      Buffer.from(room.seal('steps', content).subarray(0, 24)).toString('hex'),
    )
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('hides names in the store', () => {
    const [first, second] = [privateRoomOf('design'), privateRoomOf('design')].map(room =>
      room.storedName('/documents/x6e6f746573/1'),
    )
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(second).toBe(first)
    expect(privateRoomOf('another').storedName('/documents/x6e6f746573/1')).not.toBe(first)
  })
})
