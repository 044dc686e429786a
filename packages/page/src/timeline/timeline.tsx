/** Timeline: the events, newest first, each with its time of day. */
import type { ReactNode } from 'react'
import { type TimelineEvent, useTimelineEvents } from './timeline-events.ts'
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

export function Timeline(): ReactNode {
  const events = useTimelineEvents()
  return (
    <section className="panel timeline" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">What happens</h2>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reachable by keyboard */}
      <div className="scroll" tabIndex={0} role="log" aria-labelledby="timeline-title">
        {events.length === 0 && <p className="hint">Nothing yet. Kill a process, or open another tab.</p>}
        <ol>
          {events.map(({ key, at, kind, name, text, afterMs }) => (
            <li key={key} data-kind={kind}>
              <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
              <span>
                <i aria-hidden="true">{signs[kind]}</i> <b>{name}</b> {text}
              </span>
              {afterMs !== undefined && <small>+{afterText(afterMs)}</small>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

function afterText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`
}
