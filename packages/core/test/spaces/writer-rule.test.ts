import { describe, expect, it } from 'vitest'
import { type GrantedRoles, writerRule } from '../../src/spaces/writer-rule.ts'

const grants = Uint8Array.of(1)
/** Ada edits until 1,000, bob reads, and carol has no role. */
const granted: GrantedRoles = {
  rolesAt: (member, chain, epochMs) => {
    if (!chain || (member === 'ada' && epochMs > 1_000)) return undefined
    return { ada: ['editor'], bob: ['editor', 'reader'], carol: [] }[member]
  },
}

const by = (author: string, epochMs = 0) => ({ author, epochMs, grants })

describe('the writer rule', () => {
  it('names members by id', () => {
    const mayWrite = writerRule(new Set(['ada']))
    expect([mayWrite({ author: 'ada', epochMs: 0 }), mayWrite({ author: 'bob', epochMs: 0 })]).toEqual([
      true,
      false,
    ])
  })

  it('lets nobody write by a role if the cluster has no authority', () => {
    expect(writerRule({ role: 'editor' })(by('ada'))).toBe(false)
  })

  it('lets members with a role write, while they had it', () => {
    const mayWrite = writerRule({ role: 'editor' }, granted)
    expect(['ada', 'bob', 'carol', 'dave'].map(id => mayWrite(by(id)))).toEqual([true, false, false, false])
    expect(mayWrite(by('ada', 1_001))).toBe(false)
  })

  it('needs grants of every author if the cluster has an authority', () => {
    const mayWrite = writerRule('anyone', granted)
    expect(mayWrite({ author: 'ada', epochMs: 0 })).toBe(false)
    expect(mayWrite(by('carol'))).toBe(true)
  })

  it.each([
    ['anyone', 'anyone' as const],
    ['the reader itself', new Set(['bob'])],
    ['its other role', { role: 'editor' }],
  ])('never lets a reader write, whatever the writers are: %s', (_, writers) => {
    expect(writerRule(writers, granted)(by('bob'))).toBe(false)
  })
})
