import { MemoryDatastore } from 'datastore-core'
import { expect, it } from 'vitest'
import { loadIdentity } from '../../src/libp2p/identity.ts'

it('a stored identity is the same at the next start', async () => {
  const datastore = new MemoryDatastore()
  const [first, second] = [await loadIdentity(datastore), await loadIdentity(datastore)]
  expect(second.equals(first)).toBe(true)
})
