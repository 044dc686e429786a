/**
 * Decoder target: any bytes give a value or a failure. A value that was decoded is the same after it was encoded and decoded
 * once more.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { DecodeFailure, Result } from '../../packages/core/src/wire/result.ts'
import { type Format, mutated, mutationOf } from './mutations.ts'
import type { Target } from './target.ts'

/** The number of valid messages in a corpus. */
const originals = 200
/** The number of changes in a corpus. An input is a valid message with up to four of the changes. */
const changes = 2_000
/** The rounds whose seeds differ only below this number share a corpus, because making one takes longer than a round. */
const roundsPerCorpus = 16
/** Our choice: long messages contain more of the same and take longer. */
const maxOriginalBytes = 2_500

export interface BytesTargetOptions {
  readonly name: string
  /** Valid messages. */
  readonly arbitrary: fc.Arbitrary<Uint8Array>
  readonly format: Format
  /**
   * Starts a round, and returns the check of that round. If the check has a state, the state begins empty. The check
   * throws if bytes show a fault.
   */
  readonly begin: () => (bytes: Uint8Array) => void
  readonly runs?: number
}

export function bytesTarget({ begin, ...options }: BytesTargetOptions): Target {
  const inputs = inputsOf(options)
  const property = (seed: number) => fc.property(inputs(seed), begin())
  return { name: options.name, kind: 'decoder', runs: options.runs ?? 2_000, property }
}

export interface SequenceTargetOptions extends Omit<BytesTargetOptions, 'begin'> {
  /** The longest sequence of inputs. */
  readonly maxLength: number
  readonly check: (sequence: readonly Uint8Array[]) => void
}

/** A target whose inputs depend on each other. A sequence counts as one input. */
export function sequenceTarget({ maxLength, check, ...options }: SequenceTargetOptions): Target {
  const inputs = inputsOf(options)
  const property = (seed: number) =>
    fc.property(fc.array(inputs(seed), { minLength: 1, maxLength, size: 'max' }), check)
  return { name: options.name, kind: 'decoder', runs: options.runs ?? 2_000, property }
}

export interface AsyncBytesTargetOptions extends Omit<BytesTargetOptions, 'begin'> {
  readonly check: (bytes: Uint8Array) => Promise<void>
}

export function asyncBytesTarget({ check, ...options }: AsyncBytesTargetOptions): Target {
  const inputs = inputsOf(options)
  const property = (seed: number) => fc.asyncProperty(inputs(seed), check)
  return { name: options.name, kind: 'decoder', runs: options.runs ?? 2_000, property }
}

function inputsOf({
  arbitrary,
  format,
}: Pick<BytesTargetOptions, 'arbitrary' | 'format'>): (seed: number) => fc.Arbitrary<Uint8Array> {
  let corpus: { readonly number: number; readonly inputs: fc.Arbitrary<Uint8Array> } | undefined
  return seed => {
    const number = Math.floor(seed / roundsPerCorpus)
    if (corpus?.number === number) return corpus.inputs
    const sampled = fc.sample(arbitrary, { seed: number, numRuns: originals })
    const short = sampled.filter(({ length }) => length <= maxOriginalBytes)
    const mutations = fc.sample(mutationOf(format), { seed: number, numRuns: changes })
    corpus = { number, inputs: mutated(short.length > 0 ? short : sampled, mutations) }
    return corpus.inputs
  }
}

export interface Codec<T> {
  readonly decode: (bytes: Uint8Array) => Result<T, DecodeFailure>
  readonly encode: (value: NonNullable<T>) => Uint8Array
  /** Throws if the decoded value breaks a rule. */
  readonly keepsRules?: (value: NonNullable<T>) => void
}

/** @param arbitrary values that this version may send */
export function codecTarget<T>(
  name: string,
  arbitrary: fc.Arbitrary<NonNullable<T>>,
  { decode, encode, keepsRules }: Codec<T>,
): Target {
  const check = (bytes: Uint8Array) => {
    const decoded = decode(bytes)
    if (!decoded.ok || decoded.value === undefined || decoded.value === null) return
    keepsRules?.(decoded.value)
    const encoded = encode(decoded.value)
    // An invalid byte in a text becomes U+FFFD, which has three bytes.
    if (encoded.length > 3 * bytes.length + 64)
      throw new Error(`${bytes.length} bytes became ${encoded.length} bytes`)
    const again = decode(encoded)
    if (!again.ok || !isDeepStrictEqual(again.value, decoded.value))
      throw new Error(
        `a decoded value changed when it was encoded and decoded again: ${JSON.stringify(again)}`,
      )
  }
  return bytesTarget({ name, arbitrary: arbitrary.map(encode), format: 'protobuf', begin: () => check })
}
