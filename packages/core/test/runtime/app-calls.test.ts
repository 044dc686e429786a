import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { callApp } from '../../src/runtime/app-calls.ts'

const error = new Error('of the app')
const fails = () => {
  throw error
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('an error of the app', () => {
  it('goes to reportError if that exists', async () => {
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    callApp(fails)
    callApp(async () => fails())
    await Promise.resolve()
    expect(reportError.mock.calls).toEqual([[error], [error]])
  })

  it('goes to the handlers of uncaughtException in Node, if the app has any', async () => {
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const handler = vi.fn()
    process.on('uncaughtException', handler)
    callApp(fails)
    await turn()
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other)
    expect(handler).toHaveBeenCalledTimes(1)
    expect(handler.mock.calls[0]?.[0]).toBe(error)
  })

  it('is printed otherwise, and the process keeps running', () => {
    vi.spyOn(process, 'listenerCount').mockReturnValue(0)
    const print = vi.spyOn(console, 'error').mockReturnValue()
    callApp(fails)
    expect(print.mock.calls).toEqual([[error]])
  })

  it('is printed if reportError throws', () => {
    vi.stubGlobal('reportError', () => {
      throw new Error('of reportError')
    })
    const print = vi.spyOn(console, 'error').mockReturnValue()
    callApp(fails)
    expect(print).toHaveBeenCalledTimes(1)
  })
})
