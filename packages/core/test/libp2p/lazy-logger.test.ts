import { disable, enable } from '@libp2p/logger'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lazyLogger } from '../../src/libp2p/lazy-logger.ts'

/** Lines that a logger writes while these namespaces are enabled. */
function written(namespaces: string, act: () => void): string[] {
  const lines: string[] = []
  const capture = vi.spyOn(process.stderr, 'write').mockImplementation(chunk => {
    lines.push(String(chunk))
    return true
  })
  enable(namespaces)
  act()
  capture.mockRestore()
  return lines
}

describe('lazy logger', () => {
  afterEach(() => disable())

  it('writes lines that are enabled when it logs, even if it was created earlier', () => {
    const log = lazyLogger().forComponent('hearsay:early')
    const lines = written('hearsay*', () => {
      log('hello %s', 'ada')
      log.error('failed - %e', new Error('no such thing'))
      log.newScope('stream')('opened')
    })
    expect(lines.join('')).toMatch(
      /hearsay:early hello ada[\s\S]*no such thing[\s\S]*hearsay:early:stream opened/,
    )
  })

  it('writes nothing, and reports that, while it is not enabled', () => {
    const log = lazyLogger().forComponent('hearsay:quiet')
    expect(written('other*', () => log('hello'))).toEqual([])
    expect(log.enabled).toBe(false)
    enable('hearsay*')
    expect(log.enabled).toBe(true)
  })

  it('traces only if tracing is enabled by name', () => {
    const log = lazyLogger().forComponent('hearsay:traced')
    expect(written('hearsay*', () => log.trace('detail'))).toEqual([])
    expect(written('hearsay:traced:trace', () => log.trace('detail')).join('')).toContain('detail')
  })
})
