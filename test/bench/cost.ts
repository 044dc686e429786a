/** Cost: the resources that idle members use. Linux only: read from /proc, without involving the members. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMs } from '../processes/cpu.ts'

export interface Cost {
  /** On loopback, headers included, each packet counted once. Null if other programs use this loopback, too. */
  readonly bytesPerSecondPerMember: number | null
  readonly packetsPerSecondPerMember: number | null
  /** Percent of one core. */
  readonly cpuPercentPerMember: number
  readonly residentMbPerMember: number
  /** Resident memory; memory shared with other processes is divided among them. */
  readonly proportionalMbPerMember: number
}

export async function measureCost(
  pids: readonly number[],
  seconds: number,
  ownLoopback: boolean,
): Promise<Cost> {
  const before = { cpuMs: sum(pids, cpuMs), ...loopback() }
  await sleep(seconds * 1_000)
  const after = { cpuMs: sum(pids, cpuMs), ...loopback() }
  const perMember = (total: number) => Math.round((total / pids.length) * 100) / 100
  const perSecond = (total: number) => (ownLoopback ? perMember(total / seconds) : null)
  return {
    bytesPerSecondPerMember: perSecond(after.bytes - before.bytes),
    packetsPerSecondPerMember: perSecond(after.packets - before.packets),
    cpuPercentPerMember: perMember(((after.cpuMs - before.cpuMs) / 1_000 / seconds) * 100),
    residentMbPerMember: perMember(sum(pids, pid => kilobytes(`/proc/${pid}/status`, 'VmRSS')) / 1_024),
    proportionalMbPerMember: perMember(
      sum(pids, pid => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss')) / 1_024,
    ),
  }
}

const sum = (pids: readonly number[], of: (pid: number) => number) =>
  pids.reduce((total, pid) => total + of(pid), 0)

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
