/**
 * Epoch exchange: the steps between two members whose replicas of a document are in different epochs.
 *
 * The member in the earlier epoch asks for the base of the later one, and enters the later epoch with its whole
 * content. Until then the two members exchange no updates, because their ids have different meanings. A replica in no
 * epoch enters the epoch of the other member unchanged.
 */

import type { DocumentStep } from '../../../wire/document-step.ts'
import type { EpochName } from '../../../wire/epoch-name.ts'
import * as limits from '../../../wire/limits.ts'
import {
  answerDocument,
  type DocumentAnswer,
  type DocumentExchangeOptions,
  offerDocument,
  withoutChange,
} from '../document-exchange.ts'
import { firstEpoch, isLaterEpoch, isSameEpoch } from './epoch.ts'

/** Handles a step that the member `from` sent in any epoch, and returns the answer. */
export function answerInEpoch(
  options: DocumentExchangeOptions,
  from: string,
  step: DocumentStep,
): DocumentAnswer {
  const { epochs, state } = options.sync
  if (step.past) return answerPast(options, from, step)
  const { epoch } = step
  // From now on, one of the two replicas depends on content of the other.
  if (epoch && (step.piece || step.stateVector)) epochs.moveTo(epoch)
  if (epoch) epochs.observed(epoch)
  const isForeign = epoch && epochs.current && !isSameEpoch(epoch, epochs.current)
  if (isForeign && !step.ack) return answerOther(options, from, step, epoch)
  const { steps, ...answer } = answerDocument(options, from, step)
  if (state.isSynced) epochs.moveTo(epoch ?? firstEpoch)
  return { ...answer, steps: steps.map(each => ({ epoch: epochs.current, ...each })) }
}

function answerOther(
  { sync, transfers, nowMs }: DocumentExchangeOptions,
  from: string,
  { piece, mutual, stateVector, isSynced = false }: DocumentStep,
  theirs: EpochName,
): DocumentAnswer {
  const { epochs, state, name } = sync
  const steps: DocumentStep[] = piece ? [transfers.cancel(from, name, piece.transfer)] : []
  if (epochs.current && isLaterEpoch(epochs.current, theirs)) {
    if (mutual || stateVector || piece) steps.push({ ...offerDocument(sync, from), mutual: false })
    return withoutChange(steps)
  }
  const mayHelp = isSameEpoch(theirs, epochs.later.name) && !epochs.later.isWithoutPast(from)
  if (mayHelp) state.markAhead(from)
  if (!mayHelp || !state.mayRequest(from, undefined, isSynced, nowMs)) {
    if (mutual || stateVector) steps.push({ ...offerDocument(sync, from), mutual: false })
    return withoutChange(steps)
  }
  state.request({ from: from, digest: undefined, isSynced, isPartial: true }, nowMs)
  epochs.later.beginGathering(from)
  return withoutChange([...steps, { document: name, epoch: theirs, past: true }])
}

function answerPast(options: DocumentExchangeOptions, from: string, step: DocumentStep): DocumentAnswer {
  const { sync, transfers, nowMs } = options
  const { epochs, state, name } = sync
  if (step.piece) return receivePast(options, from, step)
  if (step.hasNoPast) {
    if (step.epoch && isSameEpoch(step.epoch, epochs.later.name)) epochs.later.cannotProvidePast(from)
    state.departed(from)
    return withoutChange([])
  }
  const { epoch, past } = epochs.lineage ?? {}
  if (!past || !isSameEpoch(epoch, step.epoch))
    return withoutChange([{ document: name, epoch: step.epoch, past: true, hasNoPast: true }])
  const source = { updates: past.updates.values(), isSynced: () => false, epoch, isPast: true }
  return withoutChange(transfers.answer(from, name, source, nowMs).map(each => each.step))
}

function receivePast(
  { sync, transfers, nowMs }: DocumentExchangeOptions,
  from: string,
  { document, piece, epoch }: DocumentStep,
): DocumentAnswer {
  const { epochs, state } = sync
  const isRequested = epoch && isSameEpoch(epoch, epochs.later.name) && state.isRequesting(from)
  if (piece && !isRequested) return withoutChange([transfers.cancel(from, document, piece.transfer)])
  const received = piece && transfers.received(from, document, piece, nowMs)
  if (!received || !epoch) return withoutChange([])
  state.received(from, piece.content.length, nowMs)
  const { update, end, ack } = received
  const steps = ack ? [ack] : []
  if (update && !epochs.later.addPastUpdate(from, update, limits.maxDocumentBytes)) {
    state.reject(from, nowMs)
    epochs.later.cannotProvidePast(from)
    return { ...withoutChange([transfers.cancel(from, document, piece.transfer)]), rejected: 1 }
  }
  if (!end) return withoutChange(steps)
  state.ended(from, false)
  if (epochs.enterGathered(from, epoch))
    return { ...withoutChange([...steps, offerDocument(sync, from)]), isNew: true }
  // The base may belong to another sequence of epochs. Then all members in that epoch would send the same
  // base.
  epochs.later.cannotProvidePast(from)
  return withoutChange(steps)
}
