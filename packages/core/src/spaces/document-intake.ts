/**
 * Document intake: takes what others say of documents in an exchange, and tells what it meant.
 *
 * An update that is refused changes nothing; whoever carried it is not to blame, for it says no author.
 */
import type { DocumentStep } from '../wire/space-codec.ts'
import type { UpdateFact } from '../wire/space-fact.ts'
import type { Judgement } from './judgement.ts'
import type { SpaceContent } from './space-content.ts'
import { isEqual, isUnheld, type SpaceExchangeOptions } from './space-exchange.ts'

export interface TakenDocuments {
  /** Whether any document is another now. */
  readonly news: boolean
  /** Updates that were refused. */
  readonly refused: number
  /** Pieces to be asked for. */
  readonly asks: readonly DocumentStep[]
}

export function takeDocuments(
  { content, transfers }: SpaceExchangeOptions,
  from: string,
  steps: readonly DocumentStep[],
  nowMs: number,
): TakenDocuments {
  const asks: DocumentStep[] = []
  const judgements: Judgement[] = []
  for (const step of steps) {
    const { document, update, piece } = step
    const sync = content.documents.get(document)
    if (!sync) continue
    if (isUnheld(step)) sync.lackedBy.add(from)
    if (isEqual(sync, step)) sync.meet()
    const received = piece && transfers.received(from, document, piece, nowMs)
    if (received && 'next' in received) asks.push(received.next)
    const whole = received && 'update' in received ? received.update : update
    const isAnswer = (whole || received) && sync.answered(from, whole !== undefined, nowMs)
    if (!whole) continue
    const judgement = takeUpdate(content, { document, update: whole })
    if (isAnswer && judgement !== 'refused') sync.meet()
    judgements.push(judgement)
  }
  const refused = judgements.filter(judgement => judgement === 'refused').length
  return { news: judgements.includes('news'), refused, asks }
}

/** `news`: the document is another now. */
export function takeUpdate(
  content: SpaceContent,
  { document, update }: Pick<UpdateFact, 'document' | 'update'>,
): Judgement {
  const sync = content.documents.get(document)
  const before = sync?.changes
  if (content.mergeUpdate(document, update) === 'refused') return 'refused'
  return sync?.changes === before ? 'old' : 'news'
}
