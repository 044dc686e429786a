/**
 * Step handler: answers the steps of exchanges about the spaces, and merges what they contain.
 *
 * Facts are merged before the answer is made, so the answer never asks for what the step contained. In a space that the app
 * left a moment ago, only streams continue.
 *
 * A peer that asks for more than the rate of answers allows gets an empty step where it expects an answer, because it would
 * otherwise consider the local member unreachable. The next exchange continues.
 */
import type { Instant } from '../base/clock.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import { answerInEpoch } from './documents/epochs/epoch-exchange.ts'
import { offerFanout } from './offer-schedule.ts'
import type { OpenSpace } from './open-spaces.ts'
import { agreesWithSpace, answerFacts, offerSpace } from './space-exchange.ts'
import type { SpaceFacts, SpaceFactsOptions } from './space-facts.ts'
import { continueStreams, isRequest, rejectUnopened, requestsAnswer, withoutRequests } from './step-rules.ts'

export interface StepHandlerOptions extends SpaceFactsOptions {
  readonly facts: SpaceFacts
  /** Approximate number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
}

/**
 * If the requests of one frame and their answers have more bytes, the frame gets one more answer for each other space, and no
 * further ones. Our choice: twice the window of the streams of a space. An honest frame has at most two requests about the
 * facts of one space.
 */
const maxAnswerBytes = 2_097_152

export class StepHandler {
  readonly #options: StepHandlerOptions
  #startAt = 0
  /** The spaces of the requests in this frame so far. */
  readonly #requested = new Set<string>()
  /** The bytes of these requests and of their answers. */
  #bytes = 0

  constructor(options: StepHandlerOptions) {
    this.#options = options
  }

  /** The steps to send back. The caller has verified the new facts in the steps. @param steps the steps of one frame */
  answers(from: string, steps: readonly SpaceStep[], now: Instant): SpaceStep[] {
    const { spaces } = this.#options
    this.#requested.clear()
    this.#bytes = 0
    return steps.flatMap(step => {
      const space = spaces.current.get(step.space)
      if (space) return this.#answer(space, from, step, now)
      const recentlyLeft = spaces.recentlyLeft(step.space)
      return recentlyLeft ? continueStreams(recentlyLeft.transfers, from, step, now.monotonicMs) : []
    })
  }

  #answer(space: OpenSpace, from: string, step: SpaceStep, now: Instant): SpaceStep[] {
    const { limits } = this.#options
    const nowMs = now.monotonicMs
    const isAsking = isRequest(step)
    const isExcess = this.#bytes > maxAnswerBytes && this.#requested.has(step.space)
    const isLimited = isAsking && (isExcess || !limits.mayAnswer(from, nowMs))
    const steps = this.#stepsFor(space, from, isLimited ? withoutRequests(step) : step, now)
    if (isAsking) this.#requested.add(step.space)
    const counted = isAsking && !isLimited ? [step, ...steps] : steps
    this.#bytes += limits.answered(from, counted, space.replica, nowMs)
    return isLimited && requestsAnswer(step) ? [...steps, { space: step.space }] : steps
  }

  #stepsFor({ replica, transfers }: OpenSpace, from: string, step: SpaceStep, now: Instant): SpaceStep[] {
    const { facts: spaceFacts, limits, outbox, schedule, view } = this.#options
    const nowMs = now.monotonicMs
    outbox.touch(step.space)
    const agreed = agreesWithSpace(replica, step)
    if (agreed) schedule.agreed()
    else if (agreed === false) schedule.changed(nowMs)
    const size = replica.facts.size
    const areNew = spaceFacts.merge(step.space, step.facts ?? [], now)
    if (replica.facts.size !== size) limits.grew(from, replica.facts.size - size, nowMs)
    if (agreed || (step.storedIds && replica.facts.equals(step.storedIds)))
      outbox.push({ type: 'agreed', space: step.space, with: from })
    const { maxDeltaBytes = this.#options.maxDeltaBytes } = replica
    const facts = answerFacts(replica, step, { startAt: this.#startAt++, maxDeltaBytes })
    let isAnyNew = false
    const documents = (step.documents ?? []).flatMap(each => {
      if (each.carry) replica.carry(each.document, now)
      const sync = replica.documents.get(each.document)
      if (!sync) return rejectUnopened(transfers, from, each)
      if (each.piece && view.isReader?.(from)) {
        sync.state.reject(from, nowMs)
        return [transfers.cancel(from, each.document, each.piece.transfer)]
      }
      const { clientRates } = limits
      const answer = answerInEpoch({ sync, transfers, clientRates, nowMs }, from, each)
      spaceFacts.recordRejected(answer.rejected)
      limits.recordExceeded(answer.limited)
      isAnyNew ||= answer.isNew
      return answer.steps
    })
    // An author sends its own facts in a frame if its rumor was lost, for instance because the author was not connected
    // then.
    const isFromAuthor = areNew && step.facts?.some(({ author }) => author === from)
    // If document content is new, or the facts are new and come from their author, offer them to all connected members.
    // Otherwise these members would wait for the next exchange.
    if (isAnyNew || isFromAuthor) schedule.offerSoon(step.space, Number.POSITIVE_INFINITY, nowMs)
    else if (areNew) schedule.offerSoon(step.space, offerFanout, nowMs)
    return [
      ...(facts || documents.length > 0 ? [{ space: step.space, ...facts, documents }] : []),
      // The sender has more facts. If none of these was new, another offer would bring the same facts.
      ...(step.more && areNew ? [offerSpace(step.space, replica, from)] : []),
    ]
  }
}
