/** Measure worker: one measurement in its own process, so that its memory is measured alone. Prints JSON. */
import { settledFigures } from './measures.ts'

const [members, seed] = process.argv.slice(2).map(Number)
if (members === undefined || seed === undefined) throw new Error('members and seed')
console.log(JSON.stringify(await settledFigures(members, seed)))
