/**
 * Bootstrap problems: why no member answers at the bootstrap addresses, in words.
 *
 * The last failure of each address is stored until a member answers there. A dial that has lasted for 5 s counts as a failure,
 * too, because it may last for 10 s. A connection that was not admitted is no failure
 * of an address: `admissionError` of the health says why.
 */
import type { Problem } from '../api/problem.ts'

/** Our choice: half of the time that a dial may take. */
const slowMs = 5_000

interface Failure {
  readonly reason: string
  readonly advice: string
}

/** By code of the system error. */
const failures: Readonly<Record<string, Failure>> = {
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
  ECONNRESET: closed(),
  EPIPE: closed(),
  ETIMEDOUT: silent(),
}

export class BootstrapProblems {
  readonly #byAddress = new Map<string, Failure>()
  /** When the running dials began, in monotonic milliseconds. */
  readonly #dialledMs = new Map<string, number>()
  readonly #given: ReadonlySet<string>

  /** @param given the addresses that the app gave; others are those of cached peers, whose failures are normal */
  constructor(given: readonly string[]) {
    this.#given = new Set(given)
  }

  dialled(address: string, nowMs: number): void {
    if (this.#given.has(address) && !this.#dialledMs.has(address)) this.#dialledMs.set(address, nowMs)
  }

  answered(address: string): void {
    this.#byAddress.delete(address)
    this.#dialledMs.delete(address)
  }

  failed(address: string, error: unknown): void {
    if (this.#given.has(address)) this.#byAddress.set(address, failureOf(error))
    this.#dialledMs.delete(address)
  }

  /** @param connections the number of connected members: with one, the addresses matter to newcomers only */
  problem(connections: number, nowMs: number): Problem | undefined {
    const slow = [...this.#dialledMs].filter(([, ms]) => nowMs - ms >= slowMs).map(([address]) => address)
    const all = new Map([...slow.map(address => [address, silent()] as const), ...this.#byAddress])
    const [[address, { reason, advice }] = [undefined, silent()]] = all
    if (address === undefined) return undefined
    const others = all.size - 1
    const more = others === 0 ? '' : ` (and at ${others} more)`
    const effect =
      connections === 0
        ? ''
        : ' This member found others in another way, but members that start may not find the cluster.'
    return {
      name: 'bootstrap-unreachable',
      text: `No member answers at the bootstrap address ${address}${more}: ${reason}. ${advice}${effect}`,
    }
  }
}

/** The first cause that says more than that a dial failed. */
function failureOf(error: unknown): Failure {
  for (const cause of causesOf(error)) {
    if (!(cause instanceof Error)) continue
    // The code of a failed query of a name server, such as ECONNREFUSED, is about that server.
    if (/\bquery[A-Z]+ E/.test(cause.message)) return noNameServer()
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
    const known = failures[code] ?? failures[/\bE[A-Z_]{4,}\b/.exec(cause.message)?.[0] ?? '']
    if (known) return known
    if (cause.name === 'UnexpectedPeerError' || /does not match expected/.test(cause.message))
      return {
        reason: 'another member answers than the one that the address names',
        advice: 'Has it a new identity? Take the address that it prints now, or leave out /p2p/….',
      }
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
      return {
        reason: 'what answers there is no hearsay member',
        advice: 'Check the port, and that the address ends with /ws exactly if the member listens so.',
      }
    if (/no transport/i.test(cause.message))
      return {
        reason: 'this member has no transport for it',
        advice: 'Node dials TCP and WebSocket addresses, a page dials secure WebSockets and WebRTC.',
      }
  }
  return silent()
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

function silent(): Failure {
  return {
    reason: 'nothing answers in time',
    advice: 'Is the host running, and does a firewall or a security group let this port through?',
  }
}

function noNameServer(): Failure {
  return { reason: 'no DNS server answers', advice: 'Check the DNS server and the network of this machine.' }
}

function noRoute(): Failure {
  return { reason: 'there is no route to the host', advice: 'Check the network of this machine and the VPN.' }
}

function closed(): Failure {
  return {
    reason: 'the connection is closed at once',
    advice: 'Is a proxy or a firewall between, or does another program use this port?',
  }
}
