/**
 * Rumor topics: the gossipsub topics of the cluster and of its spaces.
 *
 * The keys of the cluster determine the names of the topics. The member publishes on the topic of the primary key, and is
 * subscribed to those of all keys: to the topics of the cluster and of the spaces that it is in, and to no others.
 */
import { type GossipSub, TopicValidatorResult } from '@libp2p/gossipsub'
import type { Logger } from '@libp2p/interface'
import type { RumorVerdict, TransportListener } from '../runtime/ports.ts'
import { rumorTopic, spaceTopic, type TopicKeys } from '../wire/cluster-keys.ts'
import type { VerificationQueue } from './verification-queue.ts'

export interface RumorTopicsOptions {
  readonly gossipsub: GossipSub
  /** The primary key first. The keys may change: see `keysChanged`. */
  readonly keys: { topics(): readonly TopicKeys[] }
  readonly verification: VerificationQueue
  readonly log: Logger
}

const validatorResults: Readonly<Record<RumorVerdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

export class RumorTopics {
  readonly #options: RumorTopicsOptions
  /** The spaces whose rumors are received. */
  readonly #spaces = new Set<string>()
  /** Topic → the function that ends the subscription. */
  readonly #subscriptions = new Map<string, () => void>()
  /** Undefined before the start and after the stop: the member is subscribed to nothing. */
  #listener: Pick<TransportListener, 'rumor'> | undefined

  constructor(options: RumorTopicsOptions) {
    this.#options = options
  }

  /** Whether the member is in a space. */
  get hasSpaces(): boolean {
    return this.#spaces.size > 0
  }

  /** Subscribes to all topics. Call it when gossipsub runs. */
  start(listener: Pick<TransportListener, 'rumor'>): void {
    this.#listener = listener
    this.#follow()
  }

  stop(): void {
    this.#listener = undefined
    for (const end of this.#subscriptions.values()) end()
    this.#subscriptions.clear()
    this.#spaces.clear()
  }

  publish(rumor: Uint8Array, space: string | undefined): void {
    this.#options.gossipsub
      .publish(this.#topicsOf(space)[0] ?? '', rumor)
      .catch(error => this.#options.log('rumor not published - %e', error))
  }

  subscribe(space: string): void {
    this.#spaces.add(space)
    this.#follow()
  }

  unsubscribe(space: string): void {
    this.#spaces.delete(space)
    this.#follow()
  }

  /** The connected members whose subscription to this space is known. */
  subscribers(space: string): readonly string[] {
    return this.#options.gossipsub.getSubscribers(this.#topicsOf(space)[0] ?? '').map(String)
  }

  keysChanged(): void {
    this.#follow()
  }

  /** The topics of the cluster or of a space, the one to publish on first. */
  #topicsOf(space: string | undefined): string[] {
    return this.#options.keys
      .topics()
      .map(each => (space === undefined ? rumorTopic(each) : spaceTopic(each, space)))
  }

  /** Subscribes to the topics that the member needs now, and to no others. */
  #follow(): void {
    if (!this.#listener) return
    const wanted = new Map<string, string | undefined>()
    for (const space of [undefined, ...this.#spaces])
      for (const topic of this.#topicsOf(space)) wanted.set(topic, space)
    for (const [topic, end] of this.#subscriptions) {
      if (wanted.has(topic)) continue
      end()
      this.#subscriptions.delete(topic)
    }
    for (const [topic, space] of wanted)
      if (!this.#subscriptions.has(topic)) this.#subscriptions.set(topic, this.#subscribeTo(topic, space))
  }

  /** Subscribes to the rumors of a topic. @returns a function that ends the subscription */
  #subscribeTo(topic: string, space?: string): () => void {
    const { gossipsub, verification } = this.#options
    gossipsub.topicValidators.set(topic, async (peerId, { data }) => {
      const from = peerId.toString()
      const verdict = this.#listener?.rumor(from, data, space) ?? 'ignore'
      const verified = verdict instanceof Promise ? verification.add(from, data.length, verdict) : verdict
      return validatorResults[await verified]
    })
    gossipsub.subscribe(topic)
    return () => {
      gossipsub.unsubscribe(topic)
      gossipsub.topicValidators.delete(topic)
    }
  }
}
