/** The objects of a room document fit the types that editor bindings declare. */
import type { Provider as LexicalProvider } from '@lexical/yjs'
import { expectTypeOf, it } from 'vitest'
import type { RoomDocument } from '../../src/api/room-document.ts'

it('a provider fits the types of Lexical', () => {
  expectTypeOf<RoomDocument['provider']>().toExtend<LexicalProvider>()
})
