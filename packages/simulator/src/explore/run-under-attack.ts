/**
 * Run under attack: the end of a run in which hostile members still attack, and no other fault lasts.
 *
 * The honest members must come to see each other. Then no honest member may declare a running one dead or left, and all must
 * detect the crash of one of them in time.
 */
import type { SimulatedMember } from '../simulated-member.ts'
import { NotInTimeError, type Simulation } from '../simulation.ts'

/** Our choice: as without an attack. */
const agreesWithinMs = 150_000
/** Our choice: as in a run without an attack, the effects of the earlier faults have ended after this time. */
const settlesMs = 15_000
/** How long false deaths are counted before the crash. Our choice: several refutations of each accused member. */
const watchedMs = 30_000
/** Our choice: ten times the usual time, because the detectors may still be cautious after the earlier faults. */
const detectsWithinMs = 5_000
/** With fewer honest members, the crash of one leaves too few. */
const minHonest = 4

/**
 * The effect of the attack on the honest members; undefined if it had none.
 *
 * @param honest the honest running members
 */
export async function harmOf(
  simulation: Simulation,
  honest: () => readonly SimulatedMember[],
): Promise<string | undefined> {
  const unseen = () => pairsApart(honest())
  const apart = await lateness(simulation, () => unseen().length === 0, agreesWithinMs)
  if (apart !== undefined)
    return `honest members do not see each other (${unseen().slice(0, 8).join('; ')}): ${apart}`
  await simulation.run(settlesMs)
  const sinceMs = simulation.nowMs
  await simulation.run(watchedMs)
  const lost = falseDeaths(simulation, honest(), sinceMs)
  if (lost !== undefined) return lost
  if (honest().length < minHonest) return undefined
  const crashed = honest().at(-1)
  if (!crashed) return undefined
  const { id, name } = crashed
  const crashedMs = simulation.nowMs
  simulation.crash(name)
  const isDead = ({ machine }: SimulatedMember) => {
    const status = machine.member(id)?.status
    return status === undefined || status === 'dead'
  }
  const hidden = await lateness(simulation, () => honest().every(isDead), detectsWithinMs)
  if (hidden !== undefined) {
    const unaware = honest().filter(member => !isDead(member))
    return `the crash of ${name} at ${crashedMs} ms is hidden from ${unaware.map(each => each.name).join(', ')}: ${hidden}`
  }
  return falseDeaths(simulation, honest(), sinceMs)
}

/** The pairs of members in which one member does not see the other. */
function pairsApart(members: readonly SimulatedMember[]): string[] {
  return members.flatMap(viewer =>
    members.flatMap(({ id, name }) => {
      const { status = 'unknown' } = viewer.machine.member(id) ?? {}
      return status === 'alive' || status === 'suspect' ? [] : `${name} is ${status} for ${viewer.name}`
    }),
  )
}

/** The wrong reports of the honest members about each other. */
function falseDeaths(
  simulation: Simulation,
  honest: readonly SimulatedMember[],
  sinceMs: number,
): string | undefined {
  const names = new Set(honest.map(({ name }) => name))
  const lost = simulation.events.filter(
    ({ atMs, type, by, member }) =>
      atMs > sinceMs && (type === 'fail' || type === 'leave') && names.has(by) && names.has(member),
  )
  if (lost.length === 0) return undefined
  const lines = lost.slice(0, 8).map(({ atMs, by, type, member }) => `${atMs} ms ${by}: ${type} ${member}`)
  return `honest members are lost during the attack:\n${lines.join('\n')}\nto replay: ${simulation.replay()}`
}

/** Why the condition did not hold in time, or undefined if it did. */
async function lateness(
  simulation: Simulation,
  isSo: () => boolean,
  withinMs: number,
): Promise<string | undefined> {
  try {
    await simulation.runUntil(isSo, { withinMs })
    return undefined
  } catch (error) {
    if (error instanceof NotInTimeError) return error.message
    throw error
  }
}
