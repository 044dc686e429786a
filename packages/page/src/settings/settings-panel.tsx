/** Settings panel: the shared config, and who wrote each value. A change appears on all pages at once. */
import { useConfig, useConfigValue, useMembers } from '@hearsay/react'
import { type ReactNode, useId, useState } from 'react'
import { accents, maxTitleLength, settings } from './settings.ts'
import './settings.css'

type Key = 'title' | 'accent' | 'heartbeats'

export function SettingsPanel(): ReactNode {
  const config = useConfig(settings)
  const accent = useConfigValue(settings, 'accent') ?? 'blue'
  const showsHeartbeats = useConfigValue(settings, 'heartbeats') ?? true
  const [error, setError] = useState<string>()
  const write: Write = (key, value) => {
    config?.set(key, value as never).then(
      () => setError(undefined),
      (error: Error) => setError(error.message),
    )
  }
  return (
    <section className="panel settings" aria-labelledby="settings-title">
      <header>
        <h2 id="settings-title">Shared settings</h2>
      </header>
      <form onSubmit={event => event.preventDefault()}>
        <Title write={write} />
        <fieldset>
          <legend>Accent</legend>
          <div className="accents">
            {accents.map(each => (
              <label key={each} data-accent={each} title={each}>
                <input
                  type="radio"
                  name="accent"
                  checked={each === accent}
                  disabled={!config}
                  onChange={() => write('accent', each)}
                />
                <span className="hidden">{each}</span>
              </label>
            ))}
          </div>
          <WrittenBy field="accent" />
        </fieldset>
        <label className="check">
          <input
            type="checkbox"
            checked={showsHeartbeats}
            disabled={!config}
            onChange={({ target }) => write('heartbeats', target.checked)}
          />
          Show heartbeats
        </label>
        <WrittenBy field="heartbeats" />
      </form>
      <p className="hint" role="status">
        {error ?? 'The last write of a value wins, on all pages.'}
      </p>
    </section>
  )
}

type Write = (key: Key, value: string | boolean) => void

/** Writes when the field loses focus, or at Enter: not at each key. */
function Title({ write }: { write: Write }): ReactNode {
  const shared = useConfigValue(settings, 'title') ?? ''
  const [typed, setTyped] = useState<string>()
  const id = useId()
  const commit = () => {
    if (typed !== undefined && typed !== shared) write('title', typed)
    setTyped(undefined)
  }
  return (
    <div>
      <label htmlFor={id}>Title</label>
      <input
        id={id}
        value={typed ?? shared}
        maxLength={maxTitleLength}
        placeholder="a name for this cluster"
        onChange={({ target }) => setTyped(target.value)}
        onBlur={commit}
        onKeyDown={({ key }) => key === 'Enter' && commit()}
      />
      <WrittenBy field="title" />
    </div>
  )
}

function WrittenBy({ field }: { field: Key }): ReactNode {
  const config = useConfig(settings)
  // Renders the component when the value changes.
  useConfigValue(settings, field)
  const members = useMembers()
  const last = config?.history(field)[0]
  const by = last && (members.find(({ id }) => id === last.by)?.name ?? 'a member that has left')
  return (
    <small className="by">{by ? `by ${by}, ${new Date(last.atMs).toLocaleTimeString()}` : 'default'}</small>
  )
}
