/** Record limits: what a record of a member may contain. */
import { byteLength } from './checks.ts'
import * as limits from './limits.ts'

/** The parts of a record whose size is limited. */
export interface LimitedParts {
  readonly name: string
  readonly addresses: readonly Uint8Array[]
  readonly tags: Readonly<Record<string, string>>
  readonly spaces: readonly unknown[]
}

/** A description of the limit that the record exceeds; undefined if it exceeds none. Checks local and received records. */
export function recordExcess(record: LimitedParts): string | undefined {
  if (record.addresses.length > limits.maxAddresses) return `more than ${limits.maxAddresses} addresses`
  if (record.addresses.some(address => address.length > limits.maxAddressBytes))
    return `an address over ${limits.maxAddressBytes} bytes`
  if (record.spaces.length > limits.maxSpaces) return `more than ${limits.maxSpaces} rooms and shared configs`
  return appExcess(record)
}

/** The same for what an app gives. */
export function appExcess(record: Pick<LimitedParts, 'name' | 'tags'>): string | undefined {
  if (byteLength(record.name) > limits.maxNameBytes) return `a name over ${limits.maxNameBytes} bytes`
  const tags = Object.entries(record.tags)
  if (tags.length > limits.maxTags) return `more than ${limits.maxTags} tags`
  for (const [key, value] of tags) {
    if (byteLength(key) > limits.maxTagKeyBytes) return `a tag key over ${limits.maxTagKeyBytes} bytes`
    if (byteLength(value) > limits.maxTagValueBytes)
      return `a tag value over ${limits.maxTagValueBytes} bytes`
  }
  return undefined
}
