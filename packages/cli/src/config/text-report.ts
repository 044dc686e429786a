/** Text report: a shared config as text. A value is last in its line, because it may be long. */
import { styleText } from 'node:util'
import type { Cluster, Json } from '@hearsay/core'
import { log } from '../join/log.ts'
import { widthOf } from '../terminal/column.ts'
import { printable, shortId } from '../terminal/format.ts'
import { shownValue } from '../terminal/json-value.ts'
import { printLog } from '../terminal/log-line.ts'
import { tableLines } from '../terminal/text-table.ts'
import type { Report } from './report.ts'

/** Local date and time, in a format that sorts by time. */
const dateAndTime = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' })

export function textReport(cluster: Cluster): Report {
  const nameOf = (id: string) => {
    const known = cluster.members.getSnapshot().find(member => member.id === id)
    return known ? printable(known.name) : shortId(id)
  }
  return {
    value: ({ value }) => console.log(shownValue(value)),
    list: entries =>
      printTable(
        ['key', 'written', 'by', 'value'],
        entries.map(({ key, value, by, atMs }) => [
          printable(key),
          dateAndTime.format(atMs),
          nameOf(by),
          shownValue(value),
        ]),
      ),
    history: (_key, versions) =>
      printTable(
        ['written', 'by', 'from → to'],
        versions.map(({ by, atMs, from, to }) => [
          dateAndTime.format(atMs),
          nameOf(by),
          `${shownOrNone(from)} → ${shownOrNone(to)}`,
        ]),
      ),
    written(key, value, storedBy) {
      const done =
        value === undefined ? `${printable(key)} deleted` : `${printable(key)} = ${shownValue(value)}`
      console.log(`${done}${styleText('dim', `, ${nameOf(storedBy)} has it, too`)}`)
    },
    ready: log.ready,
    change({ key: name, value, by, atMs: at }) {
      const author = styleText('dim', `by ${nameOf(by)}`)
      if (value === undefined) printLog({ at, event: 'delete', colour: 'yellow', name, rest: author })
      else printLog({ at, event: 'set', colour: 'cyan', name, rest: `${shownValue(value)}  ${author}` })
    },
    conflict({ key: name, winner, loser }) {
      const [won, lost] = [winner, loser].map(({ to, by }) => `${shownOrNone(to)} by ${nameOf(by)}`)
      printLog({ at: Date.now(), event: 'conflict', colour: 'red', name, rest: `${lost} lost to ${won}` })
    },
  }
}

function printTable(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines(titles, rows, widthOf)) console.log(line)
}

const shownOrNone = (value: Json | undefined) => (value === undefined ? '–' : shownValue(value))
