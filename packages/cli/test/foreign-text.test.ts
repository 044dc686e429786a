/** Foreign text: what other members choose, such as names and addresses, never controls the terminal of a reader. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { printFields } from '../src/ask/fields.ts'
import { findMember } from '../src/attach/find-member.ts'
import { memberRows, titlesOf } from '../src/members/member-rows.ts'
import { jsonLine, printable } from '../src/terminal/format.ts'
import { printError } from '../src/terminal/output.ts'
import { tableLines } from '../src/terminal/text-table.ts'

/** Sets the title of the window, clears the screen, breaks the line in four ways, reverses the text, and is partly invisible. */
const hostile =
  'bob\u001b]0;owned\u0007\u001b[2J\u009b2J\n\u0085\u2028\u2029\u202e\u200e\u061c\u200b\u2060\ufeff'
const controls = /[\p{Cc}\u2028\u2029\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u
const addresses = [`/dns4/${hostile}/tcp/1`]
const members = ['one', 'two'].map(
  id =>
    ({
      id,
      name: hostile,
      status: 'alive',
      attention: {},
      addresses,
      roles: [hostile],
      tags: { role: hostile },
    }) as never,
)

/** The lines that a function prints. */
function printed(method: 'log' | 'error', print: () => void): string[] {
  const lines: string[] = []
  vi.spyOn(console, method).mockImplementation(line => void lines.push(line))
  print()
  vi.restoreAllMocks()
  return lines
}

describe('foreign text', () => {
  it('is printable in tables, also that of addresses', () => {
    const [, ...rows] = tableLines(titlesOf(members), memberRows(members, ''), text => text.length)
    expect(rows).toHaveLength(2)
    for (const row of rows) {
      expect(row).not.toMatch(controls)
      expect(row).toContain('/dns4/bob\uFFFD')
    }
  })

  it('is printable in fields', () => {
    const [line] = printed('log', () => printFields([['address', hostile]]))
    // The name of the field has a style.
    expect(line?.slice(line.indexOf('bob'))).not.toMatch(controls)
  })

  it('is printable in errors, which are one line', () => {
    let error: unknown
    try {
      findMember(members, 'bob')
    } catch (thrown) {
      error = thrown
    }
    const [line] = printed('error', () => printError((error as Error).message))
    expect(line).toMatch(/^hearsay: 'bob' is one of bob\uFFFD/)
    expect(line).not.toMatch(controls)
  })

  it('is escaped in JSON, which stays the same value', () => {
    const line = jsonLine({ name: hostile })
    expect(line).not.toMatch(controls)
    expect(JSON.parse(line)).toEqual({ name: hostile })
  })

  it('keeps the joiners of emojis and of Persian', () => {
    expect(printable('👩\u200d🚀 می\u200cروم')).toBe('👩\u200d🚀 می\u200cروم')
  })

  it('is printed as an error in one place only', () => {
    const source = new URL('../src/', import.meta.url)
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      name => name.endsWith('.ts') && !name.startsWith('demo/') && name !== 'terminal/output.ts',
    )
    expect(files.length).toBeGreaterThan(50)
    for (const name of files) {
      const text = readFileSync(new URL(name, source), 'utf8')
      expect(text, name).not.toMatch(/console\.error\([`']hearsay|JSON\.stringify\(.*\)\}\\n/)
    }
  })
})
