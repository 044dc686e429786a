/**
 * Member calls: sends the view's calls to the member over the present connection, and after a reconnect over the new one.
 * Every call is settled.
 *
 * While the view is detached, there is no connection: calls wait. A call that was sent over a closed connection may have
 * taken effect or not. So the call is sent again only if that does no harm.
 */
import { type Answer, failure } from '../answer.ts'
import type { MemberCalls as Contract, RemoteMember } from '../contract.ts'

/** Calls that are sent again, because a second one does no harm. */
const repeated: readonly (keyof Contract)[] = [
  'explain',
  'heldBy',
  'spaceHeldBy',
  'update',
  'suspend',
  'resume',
  'revoke',
  'renew',
  'openRoom',
  'documentStored',
  'openConfig',
  'setEntry',
  'deleteEntry',
  'synced',
]

/** Calls that are answered with an error if they were sent. All others are part of the state that the view sends again. */
const lost: readonly (keyof Contract)[] = [
  'query',
  'broadcastToAll',
  'broadcast',
  'discardSuperseded',
  'invite',
  'keyring',
]

interface Call {
  readonly name: keyof Contract
  readonly values: readonly unknown[]
  readonly settle: (answer: Answer<never>) => void
  isSent: boolean
}

/** `attaching`: all calls wait until the view has restored its state. */
type State = 'detached' | 'attaching' | RemoteMember

export class MemberCalls {
  /** The calls. The promises of the calls resolve with answers. */
  readonly member: RemoteMember
  readonly #open = new Set<Call>()
  #state: State = 'detached'
  #ended: Answer<never> | undefined

  constructor() {
    this.member = new Proxy({} as RemoteMember, {
      get:
        (_, name: keyof Contract) =>
        (...values: readonly unknown[]) =>
          new Promise(resolve => this.#call({ name, values, settle: resolve, isSent: false })),
    })
  }

  /** The connection has closed. */
  detach(): void {
    if (this.#ended) return
    this.#state = 'detached'
    for (const call of this.#open) this.#detached(call)
  }

  /** There is a new connection, over which the view restores its state. */
  attaching(): void {
    this.#state = 'attaching'
  }

  /** The view has restored its state: calls are sent over this connection from now on, first those that wait. */
  attach(remote: RemoteMember): void {
    this.#state = remote
    for (const call of this.#open) this.#send(call, remote)
  }

  /** The view has ended. @param reason in words, for people */
  end(reason: string): void {
    this.#ended ??= failure('NotRunningError', `the view has ended: ${reason}`)
    for (const call of this.#open) this.#settle(call, this.#ended)
  }

  #call(call: Call): void {
    this.#open.add(call)
    if (this.#ended) this.#settle(call, this.#ended)
    else if (typeof this.#state === 'object') this.#send(call, this.#state)
    else if (this.#state === 'detached') this.#detached(call)
  }

  #detached(call: Call): void {
    const { name, values, isSent } = call
    if (name === 'endSynced') this.#endSynced(values)
    if (repeated.includes(name)) return
    if (!lost.includes(name)) this.#settle(call, noAnswer)
    else if (isSent) this.#settle(call, lostAnswer(name))
  }

  #send(call: Call, remote: RemoteMember): void {
    call.isSent = true
    const send = remote[call.name] as (...values: readonly unknown[]) => Promise<Answer<never>>
    // A connection that has closed never answers. Sending fails if a value cannot be cloned.
    void send(...call.values)
      .catch(error => failure('Error', `${error}`))
      .then(answer => this.#settle(call, answer))
  }

  #settle(call: Call, answer: Answer<never>): void {
    if (this.#open.delete(call)) call.settle(answer)
  }

  /** No answer is expected to a call of `synced` that the view has ended. */
  #endSynced([config, number]: readonly unknown[]): void {
    for (const { name, values, settle } of this.#open)
      if (name === 'synced' && values[0] === config && values[1] === number) settle(noAnswer)
  }
}

const noAnswer: Answer<never> = { value: undefined as never }

const lostAnswer = (name: string): Answer<never> =>
  failure('Error', `${name}: the member moved, and this may be lost. Call it again if twice does no harm`)
