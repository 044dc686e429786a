/**
 * Bootstrap failures: why a dial of a bootstrap address failed, in words.
 *
 * Loaded with the first failure.
 */
export interface BootstrapFailure {
  readonly reason: string
  readonly advice: string
}

/** By code of the system error. */
const failures: Readonly<Record<string, BootstrapFailure | 'silence'>> = {
  ECONNREFUSED: {
    reason: 'the host refuses the connection',
    advice:
      'Does a member run there, and does it listen on this port and not only on 127.0.0.1? A firewall can refuse, too.',
  },
  ENOTFOUND: { reason: 'the name does not exist', advice: 'Check the name and the DNS server.' },
  EAI_AGAIN: noNameServer(),
  ENETUNREACH: noRoute(),
  EHOSTUNREACH: noRoute(),
  ENETDOWN: noRoute(),
  // The local computer has no address of this kind, for instance no IPv6.
  EADDRNOTAVAIL: noRoute(),
  EACCES: forbidden(),
  EPERM: forbidden(),
  EMFILE: noDescriptors(),
  ENFILE: noDescriptors(),
  ECONNRESET: closed(),
  EPIPE: closed(),
  ETIMEDOUT: 'silence',
  // It does not use TLS.
  EPROTO: noMember(),
}

/**
 * The first cause that says more than that a dial failed. `silence`: nothing answered in time. `refusal`: a peer answered and
 * was not admitted.
 */
export function failureOf(error: unknown): BootstrapFailure | 'silence' | 'refusal' {
  for (const cause of causesOf(error)) {
    if (!(cause instanceof Error)) continue
    // The code of a failed query of a name server, such as ECONNREFUSED, is about that server.
    if (/\bquery[A-Z]+ E/.test(cause.message)) return noNameServer()
    const status = /server response: (\d+)/.exec(cause.message)?.[1]
    if (status !== undefined) return webServer(status)
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
    const known = failures[code] ?? failures[/\bE[A-Z_]{4,}\b/.exec(cause.message)?.[0] ?? '']
    if (known) return known
    if (/certificate|CERT|altname/i.test(`${code} ${cause.message}`))
      return {
        reason: 'its TLS certificate is not valid',
        advice: 'Check the name in the address, the certificate there, and the clock of this machine.',
      }
    if (cause.name === 'UnexpectedPeerError' || /does not match expected/.test(cause.message))
      return {
        reason: 'another member answers than the one that the address names',
        advice: 'Has it a new identity? Take the address that it prints now, or leave out /p2p/….',
      }
    if (/not admitted/.test(cause.message)) return 'refusal'
    if (/leads to this member only/.test(cause.message))
      return {
        reason: 'the name leads to this member only',
        advice: 'Start other members behind the name, or give this one the address of another member.',
      }
    if (/dial self/i.test(cause.message))
      return {
        reason: "the address names this member's own identity",
        advice:
          "Give it the address of another member. If the address is another member's, this member's storage is a copy: delete it.",
      }
    if (/protocol|multistream|negotiat|encrypt|handshake/i.test(`${cause.name} ${cause.message}`))
      return noMember()
    if (/no transport/i.test(cause.message))
      return {
        reason: 'this member has no transport for it',
        advice: 'Node dials TCP and WebSocket addresses, a page dials secure WebSockets and WebRTC.',
      }
  }
  return 'silence'
}

function causesOf(error: unknown): unknown[] {
  const nested =
    error instanceof AggregateError
      ? error.errors
      : error instanceof Error && error.cause
        ? [error.cause]
        : []
  return [...nested.flatMap(causesOf), error]
}

function noNameServer(): BootstrapFailure {
  return { reason: 'no DNS server answers', advice: 'Check the DNS server and the network of this machine.' }
}

function noRoute(): BootstrapFailure {
  return { reason: 'there is no route to the host', advice: 'Check the network of this machine and the VPN.' }
}

function forbidden(): BootstrapFailure {
  return {
    reason: 'this computer does not allow the connection',
    advice: 'Does a firewall or a sandbox on this computer forbid the program to open connections?',
  }
}

function noDescriptors(): BootstrapFailure {
  return {
    reason: 'this process cannot open more files and sockets',
    advice: 'Close those that the app does not need, or raise the limit (ulimit -n).',
  }
}

function noMember(): BootstrapFailure {
  return {
    reason: 'what answers there is no hearsay member',
    advice: 'Check the port, and that the address ends with /ws exactly if the member listens so.',
  }
}

/** @param status the HTTP status with which it refuses the WebSocket */
function webServer(status: string): BootstrapFailure {
  return {
    reason: `a web server answers with HTTP status ${status} instead of a member`,
    advice: 'Check the port. Otherwise a proxy does not reach the member, or the network asks for a login.',
  }
}

function closed(): BootstrapFailure {
  return {
    reason: 'the connection is closed at once',
    advice: 'Is a proxy or a firewall between, or does another program use this port?',
  }
}
