/** Member events: the events about members that other members emitted, and the suspicions that they store. */
import { seesAll } from '../src/convergence.ts'
import type { Simulation } from '../src/index.ts'

/** All events except joins, as `by: type member`. */
export function otherEvents({ events }: Simulation, sinceMs = 0): string[] {
  return events
    .filter(({ type, atMs }) => type !== 'join' && atMs >= sinceMs)
    .map(({ by, type, member }) => `${by}: ${type} ${member}`)
}

/** The types of the events about one member, without repetition, in alphabetical order. */
export function typesAbout({ events }: Simulation, name: string, sinceMs: number): string[] {
  const about = events.filter(({ member, atMs }) => member === name && atMs >= sinceMs)
  return [...new Set(about.map(({ type }) => type))].sort()
}

/** The declared deaths, as `by: fail member`. */
export function deaths(simulation: Simulation, sinceMs = 0): string[] {
  return otherEvents(simulation, sinceMs).filter(event => event.includes(': fail '))
}

/** The observers whose signed suspicions a running member stores. */
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

/** Whether each of these members sees exactly these members alive. */
export function seeEachOther(simulation: Simulation, names: readonly string[]): boolean {
  const side = names.map(name => simulation.member(name))
  return side.every(member => seesAll(member, side))
}
