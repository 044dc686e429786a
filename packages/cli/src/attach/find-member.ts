/** Find member: the member that a user means by a name, an id, or a part of one. */
import type { Member } from '@hearsay/core'
import { shortId, shortIdLength } from '../terminal/format.ts'
import { UsageError } from '../usage-error.ts'

/**
 * The member with this id or this name, or else the only member whose id begins or ends with the text, or whose name begins
 * with it. Of members with the same name, a member that is alive or suspect is preferred to those that are dead or left.
 *
 * Members choose their names, so a name never takes precedence over the id of another member. A text that begins with `…` is an
 * id. A text that is the name of one member and the short id of another one fits both.
 *
 * @returns undefined: there is none
 * @throws {UsageError} several members fit
 */
export function findMember(members: readonly Member[], text: string): Member | undefined {
  const isId = text.startsWith('…')
  const part = text.replace(/^…/, '')
  if (part === '') return undefined
  const isShortId = part.length >= shortIdLength
  const rules: readonly ((member: Member) => boolean)[] = [
    ({ id }) => id === part,
    ({ id, name }) => (!isId && name === part) || (isShortId && id.endsWith(part)),
    ({ id }) => id.endsWith(part) || id.startsWith(part),
    ({ name }) => !isId && name.startsWith(part),
  ]
  for (const rule of rules) {
    const fitting = members.filter(rule)
    const present = fitting.filter(({ status }) => status === 'alive' || status === 'suspect')
    const found = present.length > 0 ? present : fitting
    if (found.length > 1) throw new UsageError(`'${text}' is one of ${listed(found)}. Give the end of its id`)
    if (found[0]) return found[0]
  }
  return undefined
}

/** Whether a text is the whole id of a member, known or not. */
export const isMemberId = (text: string): boolean => /^12D3KooW\w{44}$/.test(text)

const maxListed = 5

function listed(members: readonly Member[]): string {
  const shown = members.slice(0, maxListed).map(({ name, id }) => `${name} ${shortId(id)}`)
  const more = members.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
