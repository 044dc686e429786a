/** Happenings: what became of the members, as the others told their apps or as they still hold it. */
import { seesAll } from '../src/convergence.ts'
import type { Simulation } from '../src/index.ts'

/** All that is not a join, as `by: type member`. */
export function troubles({ events }: Simulation, sinceMs = 0): string[] {
  return events
    .filter(({ type, atMs }) => type !== 'join' && atMs >= sinceMs)
    .map(({ by, type, member }) => `${by}: ${type} ${member}`)
}

/** What was said about one member, without repetition, in alphabetical order. */
export function typesAbout({ events }: Simulation, name: string, sinceMs: number): string[] {
  const about = events.filter(({ member, atMs }) => member === name && atMs >= sinceMs)
  return [...new Set(about.map(({ type }) => type))].sort()
}

/** Deaths that were declared, as `by: fail member`. */
export function deaths(simulation: Simulation, sinceMs = 0): string[] {
  return troubles(simulation, sinceMs).filter(trouble => trouble.includes(': fail '))
}

/** Whose signed suspicions anybody holds. */
export function observers({ running, members }: Simulation): string[] {
  const authors = new Set(
    running.flatMap(({ machine }) =>
      [...machine.table.rows()].flatMap(
        ({ suspicions }) => suspicions?.claims.map(({ author }) => author) ?? [],
      ),
    ),
  )
  return members.filter(({ id }) => authors.has(id)).map(({ name }) => name)
}

/** Whether each of these sees these alive, and nobody else. */
export function seeEachOther(simulation: Simulation, names: readonly string[]): boolean {
  const side = names.map(name => simulation.member(name))
  return side.every(member => seesAll(member, side))
}
