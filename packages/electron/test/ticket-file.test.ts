import { StorageError } from '@hearsay/core/app'
import { expect, it } from 'vitest'
import { storeTicket } from '../src/ticket-file.ts'
import { StandInSafeStorage } from './stand-in/electron.ts'

it.skipIf(process.platform !== 'linux')('rejects in a folder that cannot be created', async () => {
  const app = { whenReady: async () => {}, getPath: () => '/proc/app' }
  const electron = { app, safeStorage: new StandInSafeStorage() } as unknown as Parameters<
    typeof storeTicket
  >[0]
  await expect(storeTicket(electron, 'hearsay1.x')).rejects.toThrow(StorageError)
})
