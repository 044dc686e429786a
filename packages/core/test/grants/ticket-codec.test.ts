import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeTicketText, encodeTicket, type TicketContent } from '../../src/grants/ticket-codec.ts'
import { chainOf, invitation, member } from './issued-chains.ts'

const content = async (fields: Partial<TicketContent> = {}): Promise<TicketContent> => ({
  cluster: 'atlas',
  chain: await chainOf(invitation('ticket', { roles: ['dev'] })),
  invitationKey: new Uint8Array(32).fill(7),
  addresses: [Uint8Array.of(4, 127, 0, 0, 1, 6, 15, 161)],
  secret: undefined,
  ...fields,
})

describe('a ticket', () => {
  it('is one string, and reads back', async () => {
    for (const secret of [undefined, new Uint8Array(24).fill(9)]) {
      const ticket = await content({ secret })
      const text = encodeTicket(ticket)
      expect(text).toMatch(/^hearsay1\.[\w-]+$/)
      expect(decodeTicketText(text)).toEqual({ ok: true, value: ticket })
    }
  })

  it('contains the key that stands for the secret, after the secret was replaced, and then reads back, too', async () => {
    const ticket = await content({ key: new Uint8Array(32).fill(4) })
    expect(decodeTicketText(encodeTicket(ticket))).toEqual({ ok: true, value: ticket })
    const short = await content({ key: new Uint8Array(31) })
    expect(decodeTicketText(encodeTicket(short))).toEqual({ ok: false, failure: 'invalid' })
  })

  it.each<[string, (text: string) => string]>([
    ['the end of a link', text => `https://app.example.org/#hearsay=${text}`],
    ['a part of a link', text => `atlas://join#view=3&hearsay=${text}&theme=dark`],
    ['the whole fragment of a link', text => `https://app.example.org/path?x=1#${text}`],
    ['an encoded link', text => encodeURIComponent(`https://app.example.org/#hearsay=${text}&x=1`)],
    ['a link in Markdown', text => `[join](https://app.example.org/#hearsay=${text})`],
    ['a part of a message', text => `Here is your ticket: ${text}\nSee you on Monday`],
    ['the end of a sentence', text => `Paste "${text}".`],
    ['text after a capital letter', text => text.replace('h', 'H')],
    ['lines', text => `\n  ${text.replace(/(.{11})/g, '$1\r\n  ')}\n`],
    ['lines, with the first break after the prefix', text => text.replace('.', '.\n')],
    ['lines of a message that was answered', text => text.replace(/(.{76})/g, '\n> $1')],
    ['lines of a mail', text => text.replace(/(.{75})/g, '$1=\n')],
    ['characters with invisible ones between', text => text.replace(/(.{30})/g, '$1\u200b\u00ad\u00a0')],
    ['the first of two tickets', text => `${text}\nhearsay1.AAAA`],
    ['the second of two tickets, because the first is damaged', text => `hearsay1.AAAA\nhearsay2.AA ${text}`],
  ])('may be %s', async (_, around) => {
    const ticket = await content()
    expect(decodeTicketText(around(encodeTicket(ticket)))).toEqual({ ok: true, value: ticket })
  })

  it('is not looked for without end', async () => {
    const text = encodeTicket(await content())
    expect(decodeTicketText(text + ' '.repeat(65_536))).toEqual({ ok: false, failure: 'no-ticket' })
    expect(decodeTicketText('hearsay1.AAAA '.repeat(4) + text)).toEqual({ ok: false, failure: 'damaged' })
    const noise = '/A'.repeat(30_000)
    expect(decodeTicketText(`hearsay1.${noise}${text}`)).toMatchObject({ ok: true })
  })

  it.each([
    ['no-ticket', ''],
    ['no-ticket', 'hello'],
    ['no-ticket', 'hearsay'],
    ['no-ticket', 'https://app.example.org/#top'],
    ['no-ticket', `hearsay1.${'A'.repeat(66_000)}`],
    ['other-version', 'hearsay2.AAAA'],
    ['damaged', 'hearsay1.'],
    ['damaged', 'hearsay1.AAAA AAAA'],
    ['damaged', 'hearsay1.AAAAAAAAAAAA'],
  ])('that is none is %s: %s', (failure, text) => {
    expect(decodeTicketText(text)).toEqual({ ok: false, failure })
  })

  it('is damaged if it was cut anywhere, or if a character was changed', async () => {
    const text = encodeTicket(await content())
    for (let length = 'hearsay1.'.length; length < text.length; length++)
      expect(decodeTicketText(text.slice(0, length))).toEqual({ ok: false, failure: 'damaged' })
    for (let at = 'hearsay1.'.length; at < text.length - 1; at++) {
      const other = text[at] === 'A' ? 'B' : 'A'
      const changed = text.slice(0, at) + other + text.slice(at + 1)
      expect(decodeTicketText(changed)).toEqual({ ok: false, failure: 'damaged' })
    }
  })

  it('is invalid if its grants end at a member', async () => {
    const chain = await chainOf(member('ada'))
    expect(decodeTicketText(encodeTicket(await content({ chain })))).toEqual({
      ok: false,
      failure: 'invalid',
    })
  })

  it('is invalid if its cluster has a name that cannot be shared', async () => {
    const bytes = Buffer.from(encodeTicket(await content()).slice('hearsay1.'.length), 'base64url').subarray(
      0,
      -4,
    )
    // The name is the first field: its first byte begins a character of three bytes that is half of a pair.
    const cluster = Uint8Array.of(0x0a, 3, 0xed, 0xa0, 0x80)
    const body = Buffer.concat([cluster, bytes.subarray(2 + (bytes[1] ?? 0))])
    const text = Buffer.concat([body, hash('sha256', body, 'buffer').subarray(0, 4)]).toString('base64url')
    expect(decodeTicketText(`hearsay1.${text}`)).toEqual({ ok: false, failure: 'invalid' })
  })

  it('never makes the decoder throw', () => {
    fc.assert(fc.property(fc.string(), text => decodeTicketText(`hearsay1.${text}`).ok === false))
  })
})
