/** Screen: shows in the terminal what each member is typing, letter by letter. The user edits the local line there. */
import { emitKeypressEvents, type Key } from 'node:readline'
import { styleText } from 'node:util'
import type { Cluster, Room } from '@hearsay/core'
import { createLogUpdate } from 'log-update'
import { type Line, press } from './keys.ts'
import { printable, type Shown, shownBy } from './shown.ts'

/** A member that has pressed no key for 1.5 s has stopped typing. */
const restMs = 1_500

/** Resolves when Ctrl-C is pressed. */
export async function runScreen(cluster: Cluster, room: Room<Shown>): Promise<void> {
  const region = createLogUpdate(process.stdout)
  let line: Line = { text: '', cursor: 0 }
  let rest: NodeJS.Timeout | undefined

  const draw = () => {
    const { self, members } = cluster
    const names = new Map(members.getSnapshot().map(({ id, name }) => [id, printable(name)]))
    const others = room.presence.others.getSnapshot()
    const own = drawn(`${self.name} (you)`, shownBy(room.presence.own.getSnapshot()))
    const rows = others.map(({ id, presence }) => drawn(names.get(id) ?? '', shownBy(presence)))
    region(
      ['', own, ...rows, '', styleText('dim', `${others.length + 1} here. Type; Ctrl-C ends`)].join('\n'),
    )
  }
  const stops = [room.presence.own, room.presence.others, cluster.members].map(store => store.subscribe(draw))

  emitKeypressEvents(process.stdin)
  process.stdin.setRawMode(true).resume()
  draw()
  await new Promise<void>(resolve => {
    process.stdin.on('keypress', (typed: string | undefined, key: Key) => {
      if (key.ctrl && key.name === 'c') return resolve()
      line = press(line, typed, key)
      room.presence.set({ ...line, typing: true })
      clearTimeout(rest)
      rest = setTimeout(() => room.presence.set({ typing: false }), restMs)
    })
  })
  clearTimeout(rest)
  for (const stop of stops) stop()
  process.stdin.setRawMode(false).pause()
  region.done()
}

function drawn(name: string, { text, cursor, typing }: Shown): string {
  const at = styleText('inverse', text[cursor] ?? ' ')
  const dots = typing ? styleText('dim', ' …') : ''
  return `${styleText('bold', name.padEnd(14))} ${text.slice(0, cursor)}${at}${text.slice(cursor + 1)}${dots}`
}
