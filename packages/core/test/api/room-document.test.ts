/** What a room gives is of the types that editors' bindings declare for themselves. */
import type { Provider as LexicalProvider } from '@lexical/yjs'
import { expectTypeOf, it } from 'vitest'
import type { RoomDocument } from '../../src/api/room-document.ts'

it('a provider is what Lexical takes', () => {
  expectTypeOf<RoomDocument['provider']>().toExtend<LexicalProvider>()
})
