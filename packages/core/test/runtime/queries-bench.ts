/** The queries of one member, without a network: tests send it the bytes of peers, and see what it sends, runs and reports. */
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { QueriesDriver } from '../../src/runtime/queries-driver.ts'
import { QueryHandlers } from '../../src/runtime/query-handlers.ts'
import { decodeQueryFrame, encodeQueryFrame } from '../../src/wire/query-codec.ts'
import {
  draftQueryFact,
  type QueryFact,
  type QueryFactBody,
  type SignedAnswer,
  signedQueryBytes,
} from '../../src/wire/query-fact.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { quietTransport } from '../helpers/quiet-transport.ts'

export const [self, ada, bob, eve]: readonly string[] = ['self', 'ada', 'bob', 'eve'].map(idOf)

/** The body of a query to all members. */
export function queryBody(body: Partial<QueryFactBody & { type: 'query' }> = {}): QueryFactBody {
  return {
    type: 'query',
    generation: 1,
    number: 1,
    name: 'name',
    value: null,
    timeoutMs: 5_000,
    to: undefined,
    ...body,
  }
}

/** @param by who signs it in the name of the author */
export function signed(author: string | undefined, body: QueryFactBody, by = author): QueryFact {
  const draft = draftQueryFact(author ?? '', body)
  return { ...draft, signature: signatureOf(by ?? '', signedQueryBytes(testTag, draft)) }
}

export class QueriesBench {
  readonly clock = new ManualClock()
  readonly handlers = new QueryHandlers()
  /** The peers with connections. Eve and others are members without one. */
  connected: readonly string[] = [ada ?? '', bob ?? '']
  members: readonly string[] = [self, ada, bob, eve].map(id => id ?? '')
  readonly published: QueryFact[] = []
  readonly sent: { readonly to: string; readonly facts: readonly QueryFact[] }[] = []
  readonly broadcasts: unknown[] = []
  readonly violations: string[] = []
  excessBytes = 0
  verifications = 0
  /** Whether the result of a verification arrives later. */
  isAsync = false
  readonly driver: QueriesDriver

  constructor() {
    const notifications = new AppNotifications(this.clock)
    this.driver = new QueriesDriver({
      view: {
        self: self ?? '',
        isHere: id => this.members.includes(id),
        here: () => this.members,
        connected: () => this.connected,
      },
      cluster: testTag,
      incarnation: () => 7,
      clock: notifications.clock,
      notifications,
      transport: {
        ...quietTransport,
        publish: bytes => void this.published.push(...factsOf(bytes)),
        send: (to, _, bytes) => void this.sent.push({ to, facts: factsOf(bytes) }),
      },
      keys: {
        sign: bytes => signatureOf(self ?? '', bytes),
        verify: (author, bytes, signature) => {
          this.verifications += 1
          const isValid = Buffer.compare(signatureOf(author, bytes), signature) === 0
          return this.isAsync ? Promise.resolve(isValid) : isValid
        },
      },
      reporter: {
        reportViolation: (from, violation) => void this.violations.push(`${violation} by ${from}`),
        reportExcess: (_, bytes) => {
          this.excessBytes += bytes
        },
      },
      handlers: this.handlers,
      broadcast: fact => void this.broadcasts.push(fact.value),
      appCalled: () => {},
    })
  }

  rumor(from: string | undefined, fact: QueryFact): unknown {
    return this.driver.rumor(from ?? '', encodeQueryFrame([fact]))
  }

  frame(from: string | undefined, ...facts: QueryFact[]): void {
    this.driver.frame(from ?? '', encodeQueryFrame(facts))
  }

  /** Asks members. @returns the answers and, when it has ended, the missing members */
  ask(to?: readonly string[]): { readonly answers: SignedAnswer[]; missing: readonly string[] | undefined } {
    const asked: { readonly answers: SignedAnswer[]; missing: readonly string[] | undefined } = {
      answers: [],
      missing: undefined,
    }
    void this.driver.ask(
      { name: 'name', value: null, timeoutMs: 5_000, to },
      {
        answered: answer => asked.answers.push(answer),
        ended: missing => {
          asked.missing = missing
        },
      },
    )
    return asked
  }

  /** The last fact that was sent or published. */
  get lastFact(): QueryFact {
    const fact = [...this.published, ...this.sent.flatMap(({ facts }) => facts)].at(-1)
    if (!fact) throw new Error('nothing was sent')
    return fact
  }

  answersTo(to: string | undefined): readonly QueryFact[] {
    return this.sent.filter(each => each.to === to).flatMap(({ facts }) => facts.filter(isAnswer))
  }
}

function factsOf(bytes: Uint8Array): readonly QueryFact[] {
  const decoded = decodeQueryFrame(bytes)
  return decoded.ok ? decoded.value : []
}

const isAnswer = ({ type }: QueryFact): boolean => type === 'answer'
