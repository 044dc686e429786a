import { describe, expect, it } from 'vitest'
import { BootstrapProblems } from '../../src/libp2p/bootstrap-problems.ts'

const address = '/dns4/ada.example/tcp/4001'

const systemError = (code: string) => Object.assign(new Error(`connect ${code}`), { code })
const named = (name: string, message = name) => Object.assign(new Error(message), { name })

async function textOf(error: unknown, connections = 0): Promise<string | undefined> {
  const problems = new BootstrapProblems([address])
  problems.dialled(address, 0)
  await problems.failed(address, error)
  return problems.problem(connections, 0)?.text
}

describe('the problem of a bootstrap address', () => {
  it.each([
    [systemError('ECONNREFUSED'), 'the host refuses the connection'],
    [systemError('ENOTFOUND'), 'the name does not exist'],
    [systemError('EAI_AGAIN'), 'no DNS server answers'],
    [new AggregateError([new Error('queryA ECONNREFUSED ada.example')]), 'no DNS server answers'],
    [systemError('ENETUNREACH'), 'there is no route to the host'],
    [systemError('ECONNRESET'), 'the connection is closed at once'],
    [new Error('All multiaddr dials failed: connect EHOSTUNREACH'), 'there is no route to the host'],
    [systemError('EADDRNOTAVAIL'), 'there is no route to the host'],
    [systemError('EPERM'), 'this computer does not allow the connection'],
    [systemError('EACCES'), 'this computer does not allow the connection'],
    [systemError('EMFILE'), 'this process cannot open more files and sockets'],
    [
      new Error('All multiaddr dials failed: connect ENFILE'),
      'this process cannot open more files and sockets',
    ],
    [
      new AggregateError([new Error('aborted'), systemError('ECONNREFUSED')]),
      'the host refuses the connection',
    ],
    [new Error('dial failed', { cause: systemError('ENOTFOUND') }), 'the name does not exist'],
    [named('UnexpectedPeerError'), 'another member answers than the one that the address names'],
    [
      named('EncryptionFailedError', 'Payload identity key a does not match expected remote identity key b'),
      'another member answers than the one that the address names',
    ],
    [
      new AggregateError([named('DialError', 'Tried to dial self')]),
      "the address names this member's own identity",
    ],
    [
      new Error('Unexpected server response: 302'),
      'a web server answers with HTTP status 302 instead of a member',
    ],
    [systemError('EPROTO'), 'what answers there is no hearsay member'],
    [systemError('CERT_HAS_EXPIRED'), 'its TLS certificate is not valid'],
    [systemError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'its TLS certificate is not valid'],
    [new Error('unable to verify the first certificate'), 'its TLS certificate is not valid'],
    [named('UnsupportedProtocolError'), 'what answers there is no hearsay member'],
    [new Error(`no transport of this node can dial ${address}`), 'this member has no transport for it'],
    [named('TimeoutError'), 'nothing answers in time'],
    ['a text', 'nothing answers in time'],
  ])('after %s says that %s', async (error, reason) => {
    expect(await textOf(error)).toContain(
      `No member answers at the bootstrap address ${address}: ${reason}. `,
    )
  })

  it('does not exist if the peer there was not admitted, because the admission error says why', async () => {
    expect(await textOf(new AggregateError([new Error('the connection is not admitted')]))).toBeUndefined()
  })

  it('is known before a slow dial has failed', () => {
    const problems = new BootstrapProblems([address])
    problems.dialled(address, 0)
    problems.dialled(address, 3_000)
    expect(problems.problem(0, 4_999)).toBeUndefined()
    expect(problems.problem(0, 5_000)?.text).toContain('nothing answers in time')
  })

  it('is known before the words for its cause are loaded', async () => {
    const problems = new BootstrapProblems([address])
    const failed = problems.failed(address, systemError('ECONNREFUSED'))
    expect(problems.problem(0, 0)?.text).toContain('nothing answers in time')
    await failed
    expect(problems.problem(0, 0)?.text).toContain('the host refuses the connection')
  })

  it('ends when a member answers there', () => {
    const problems = new BootstrapProblems([address])
    void problems.failed(address, systemError('ECONNREFUSED'))
    problems.dialled(address, 0)
    problems.answered(address)
    expect(problems.problem(1, 60_000)).toBeUndefined()
  })

  it('counts other addresses, and does not name cached peers', () => {
    const problems = new BootstrapProblems([address, '/ip4/10.0.0.1/tcp/4001'])
    void problems.failed(address, systemError('ECONNREFUSED'))
    void problems.failed('/ip4/10.0.0.1/tcp/4001', systemError('ECONNREFUSED'))
    void problems.failed('/ip4/10.0.0.2/tcp/4001', systemError('ECONNREFUSED'))
    expect(problems.problem(0, 0)?.text).toContain(`${address} (and at 1 more): `)
  })

  it('says that it concerns newcomers while this member is connected', async () => {
    expect(await textOf(systemError('ECONNREFUSED'), 2)).toContain(
      'members that start may not find the cluster',
    )
    expect(await textOf(systemError('ECONNREFUSED'))).not.toContain('members that start')
  })
})
