import { StorageError } from '@hearsay/core/app'
import { expect, it } from 'vitest'
import { loadIdentity } from '../src/identity-file.ts'
import { StandInSafeStorage } from './stand-in/electron.ts'

it.skipIf(process.platform !== 'linux')('rejects in a folder that cannot be created', async () => {
  const loading = loadIdentity('/proc/app/hearsay', new StandInSafeStorage())
  await expect(loading).rejects.toThrow(StorageError)
})
