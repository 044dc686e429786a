import { describe, expect, it } from 'vitest'
import { reasonOf } from '../../../src/storage/node/durable-level-datastore.ts'

describe('a store that cannot be opened or written', () => {
  it.each([
    ['IO error: /data/000003.log: No space left on device', 'the disk is full: free some space'],
    ['ENOSPC: no space left on device, mkdir', 'the disk is full: free some space'],
    ['EROFS: read-only file system, mkdir', 'the folder is read-only: make it writable'],
    ['IO error: /data/LOCK: Read-only file system', 'the folder is read-only: make it writable'],
    ['EACCES: permission denied, mkdir', 'the folder is read-only for this user'],
    ['IO error: /data/000003.log: Input/output error', 'the disk reports an input/output error'],
    ['IO error: lock /data/LOCK: Resource temporarily unavailable', 'another process uses it'],
    ['IO error: lock /data/LOCK: already held by process', 'this process uses it already'],
    ['ENOENT: no such file or directory, mkdir', 'the folder cannot be created there'],
    ['Corruption: bad block', 'Corruption: bad block'],
  ])('explains what to do about: %s', (message, expected) => {
    expect(reasonOf(new Error('cannot', { cause: new Error(message) }))).toContain(expected)
  })
})
