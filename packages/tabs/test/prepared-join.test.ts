import type { Cluster, PreparedMember } from '@hearsay/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { PreparedJoin } from '../src/prepared-join.ts'

const [prepared, unprepared] = [{} as Cluster, {} as Cluster]
let idle: (() => void) | undefined
let calls: string[]

beforeEach(() => {
  idle = undefined
  calls = []
})

const member = async (): Promise<PreparedMember> => {
  calls.push('prepare')
  return {
    async join() {
      calls.push('join')
      return prepared
    },
    async close() {
      calls.push('close')
    },
  }
}

const create = (prepare?: () => Promise<PreparedMember>) =>
  new PreparedJoin({
    join: async () => unprepared,
    prepare,
    whenIdle(act) {
      idle = act
      return () => {
        idle = undefined
      }
    },
  })

describe('a prepared join', () => {
  it('prepares when the tab is idle, and joins with what is prepared', async () => {
    const join = create(member)
    join.prepare()
    expect(calls).toEqual([])
    idle?.()
    expect(await join.join()).toBe(prepared)
    expect(calls).toEqual(['prepare', 'join'])
  })

  it('joins without preparation when it leads before it is idle', async () => {
    const join = create(member)
    join.prepare()
    expect(await join.join()).toBe(unprepared)
    expect(idle).toBe(undefined)
    expect(calls).toEqual([])
  })

  it('waits for a preparation that has begun', async () => {
    const { promise, resolve } = Promise.withResolvers<PreparedMember>()
    const join = create(() => promise)
    join.prepare()
    idle?.()
    const joining = join.join()
    resolve(await member())
    expect(await joining).toBe(prepared)
  })

  it('joins without preparation when that has failed', async () => {
    const join = create(async () => Promise.reject(new Error('no storage')))
    join.prepare()
    idle?.()
    expect(await join.join()).toBe(unprepared)
  })

  it('joins with one member once', async () => {
    const join = create(member)
    join.prepare()
    idle?.()
    await join.join()
    expect(await join.join()).toBe(unprepared)
  })

  it('closes a member that is not needed', async () => {
    const join = create(member)
    join.prepare()
    idle?.()
    join.discard()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    expect(calls).toEqual(['prepare', 'close'])
    expect(await join.join()).toBe(unprepared)
  })
})
