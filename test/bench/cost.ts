/** Cost: what the members use of the machine while nothing happens. Linux only: from /proc, asking the members nothing. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Cost {
  /** On loopback, headers included, each packet counted once. Null where others use this loopback too. */
  readonly bytesPerSecondPerMember: number | null
  readonly packetsPerSecondPerMember: number | null
  /** Percent of one core. */
  readonly cpuPercentPerMember: number
  readonly residentMbPerMember: number
  /** Resident, with memory that is shared with other processes divided among them. */
  readonly proportionalMbPerMember: number
}

// USER_HZ, which Linux fixes at 100 for what it tells programs.
const ticksPerSecond = 100

export async function measureCost(
  pids: readonly number[],
  seconds: number,
  ownLoopback: boolean,
): Promise<Cost> {
  const before = { ticks: sum(pids, cpuTicks), ...loopback() }
  await sleep(seconds * 1_000)
  const after = { ticks: sum(pids, cpuTicks), ...loopback() }
  const perMember = (total: number) => Math.round((total / pids.length) * 100) / 100
  const perSecond = (total: number) => (ownLoopback ? perMember(total / seconds) : null)
  return {
    bytesPerSecondPerMember: perSecond(after.bytes - before.bytes),
    packetsPerSecondPerMember: perSecond(after.packets - before.packets),
    cpuPercentPerMember: perMember(((after.ticks - before.ticks) / ticksPerSecond / seconds) * 100),
    residentMbPerMember: perMember(sum(pids, pid => kilobytes(`/proc/${pid}/status`, 'VmRSS')) / 1_024),
    proportionalMbPerMember: perMember(
      sum(pids, pid => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss')) / 1_024,
    ),
  }
}

const sum = (pids: readonly number[], of: (pid: number) => number) =>
  pids.reduce((total, pid) => total + of(pid), 0)

function cpuTicks(pid: number): number {
  // The second field is the program's name in parentheses, which may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}

function loopback(): { bytes: number; packets: number } {
  const line = readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .find(line => line.trim().startsWith('lo:'))
  const [bytes, packets] = line?.split(':')[1]?.trim().split(/\s+/) ?? []
  return { bytes: Number(bytes), packets: Number(packets) }
}

function kilobytes(file: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1])
}
