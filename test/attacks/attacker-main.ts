/**
 * An attacker in a process of its own. Argument: its order as JSON. Prints once that the attack runs, and each second what
 * the attacker counts. It attacks until it is killed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AttackOrder } from './attack-order.ts'
import { type ScriptName, scripts } from './scripts/index.ts'

const order: AttackOrder & { script: ScriptName } = JSON.parse(process.argv[2] ?? '{}')
/** An attacker continues when the other end resets a connection. A mistake in a script ends it, with its stack. */
const isNetworkError = (error: unknown): boolean =>
  error instanceof Error &&
  ('code' in error || /Stream|Connection|Mux|Abort|Timeout|Dial|Read/.test(error.name))
for (const event of ['unhandledRejection', 'uncaughtException'])
  process.on(event, error => {
    if (isNetworkError(error)) return
    console.error(error)
    process.exit(1)
  })

const counted: Record<string, number> = {}
setInterval(() => print({ counted }), 1_000)
await scripts[order.script]({
  order,
  count: (what, by = 1) => {
    counted[what] = (counted[what] ?? 0) + by
  },
  learn: learned => print({ learned }),
  begin: () => print({ begun: true }),
})
print({ counted, ended: true })
for (;;) await sleep(60_000)

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
