/** Processor time of a process. Linux only: read from /proc, without involving the process. */
import { readFileSync } from 'node:fs'

// USER_HZ, which Linux fixes at 100 for programs.
const msPerTick = 10

/** User and system time since its exec, to 10 ms. */
export function cpuMs(pid: number): number {
  // The second field is the program's name in parentheses, which may contain spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * msPerTick
}
