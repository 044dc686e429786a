/** Timeline: the events, newest first, each with its time of day. */
import { memo, type ReactNode } from 'react'
import { type FollowActs, type TimelineEvent, useTimelineEvents } from './timeline-events.ts'
import './timeline.css'

const signs: Record<TimelineEvent['kind'], string> = {
  join: '●',
  update: '·',
  suspect: '◐',
  recover: '●',
  fail: '✕',
  leave: '○',
  act: '→',
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

export interface TimelineProps {
  /** Shown while nothing has happened. */
  readonly hint: string
  /** Always the same function. */
  readonly followActs?: FollowActs
}

export function Timeline({ hint, followActs }: TimelineProps): ReactNode {
  const events = useTimelineEvents(followActs)
  return (
    <section className="panel timeline" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">What happens</h2>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reachable by keyboard */}
      <div className="scroll" tabIndex={0} role="log" aria-labelledby="timeline-title">
        {events.length === 0 && <p className="hint">{hint}</p>}
        <ol>
          {events.map(event => (
            <Item key={event.key} event={event} />
          ))}
        </ol>
      </div>
    </section>
  )
}

/** Events do not change, so a new event does not render the others again. */
const Item = memo(function Item({ event }: { event: TimelineEvent }): ReactNode {
  const { at, kind, name, text, afterMs } = event
  return (
    <li data-kind={kind}>
      <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
      <span>
        <i aria-hidden="true">{signs[kind]}</i> <b>{name}</b> {text}
      </span>
      {afterMs !== undefined && <small>+{afterText(afterMs)}</small>}
    </li>
  )
})

function afterText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`
}
