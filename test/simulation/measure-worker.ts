/** Measure worker: one measure in a process of its own, so that its memory is its own, too. Prints JSON. */
import { settledFigures } from './measures.ts'

const [members, seed] = process.argv.slice(2).map(Number)
if (members === undefined || seed === undefined) throw new Error('members and seed')
console.log(JSON.stringify(await settledFigures(members, seed)))
