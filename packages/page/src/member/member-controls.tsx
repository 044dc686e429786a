/** Member controls: changes the name and the tags of this member, and lets it leave. Only with `hearsay page --write`. */
import type { Member } from '@hearsay/core'
import { useCluster, useSelf } from '@hearsay/react'
import { type ReactNode, useState } from 'react'
import { leaveMember } from './member-link.ts'

export function MemberControls(): ReactNode {
  const cluster = useCluster()
  const self = useSelf()
  const [typed, setTyped] = useState<{ readonly name: string; readonly tags: string }>()
  const [isLeaving, setLeaving] = useState(false)
  const [message, setMessage] = useState('')
  if (!cluster || !self) return null
  const shown = typed ?? { name: self.name, tags: tagLines(self.tags) }
  const change = (part: Partial<typeof shown>) => setTyped({ ...shown, ...part })
  const save = () => {
    try {
      cluster.update({ name: shown.name.trim(), tags: tagsOf(shown.tags) })
      setTyped(undefined)
      setMessage('Saved.')
    } catch (error) {
      setMessage((error as Error).message)
    }
  }
  const leave = () => {
    setLeaving(false)
    leaveMember().then(
      () => setMessage('The member has left.'),
      (error: Error) => setMessage(error.message),
    )
  }
  return (
    <form
      className="member-controls"
      onSubmit={event => {
        event.preventDefault()
        save()
      }}
    >
      <label>
        Name
        <input value={shown.name} onChange={({ target }) => change({ name: target.value })} />
      </label>
      <label>
        Tags, one key=value per line
        <textarea
          rows={3}
          spellCheck={false}
          value={shown.tags}
          onChange={({ target }) => change({ tags: target.value })}
        />
      </label>
      <p className="hint" role="status">
        {isLeaving
          ? `Let ${self.name} leave the cluster? If it runs as hearsay join, its process ends.`
          : message}
      </p>
      <div className="buttons">
        {isLeaving ? (
          <>
            <button type="button" onClick={leave}>
              Yes, leave
            </button>
            <button type="button" onClick={() => setLeaving(false)}>
              Stay
            </button>
          </>
        ) : (
          <>
            <button type="submit" disabled={!typed}>
              Save
            </button>
            <button type="button" disabled={!typed} onClick={() => setTyped(undefined)}>
              Undo
            </button>
            <button type="button" onClick={() => setLeaving(true)}>
              Leave …
            </button>
          </>
        )}
      </div>
    </form>
  )
}

const tagLines = (tags: Member['tags']): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')

/** @throws {Error} a line is not a tag */
export function tagsOf(lines: string): Record<string, string> {
  const given = lines.split('\n').filter(line => line.trim() !== '')
  return Object.fromEntries(
    given.map(line => {
      const at = line.indexOf('=')
      if (at < 1) throw new Error(`'${line}' is not a tag: write key=value`)
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    }),
  )
}
