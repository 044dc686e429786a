/** Machine: the resources that processes and loopback have used so far, from /proc. Null without /proc. */
import { readFileSync } from 'node:fs'
import { inOwnNetwork } from '../own-network.ts'

// USER_HZ, which Linux fixes at 100 for programs.
const ticksPerSecond = 100

/** The sum over these processes. */
export function cpuSeconds(pids: readonly number[]): number | null {
  return sum(pids, pid => {
    // The second field is the program's name in parentheses, which may contain spaces.
    const fields = read(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ')
    return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  })
}

/** The largest peak of resident memory among these processes. */
export function peakMb(pids: readonly number[]): number | null {
  const each = pids.map(pid => peakKb(pid))
  return each.includes(undefined) ? null : Math.round(Math.max(...each.map(kb => kb ?? 0)) / 1_024)
}

/** Headers included, each packet counted once; null if other programs use this loopback, too. */
export function loopbackBytes(): number | null {
  if (!inOwnNetwork) return null
  const line = read('/proc/net/dev')
    ?.split('\n')
    .find(each => each.trim().startsWith('lo:'))
  return line === undefined ? null : Number(line.split(':')[1]?.trim().split(/\s+/)[0])
}

function peakKb(pid: number): number | undefined {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')
  return found ? Number(found[1]) : undefined
}

function sum(pids: readonly number[], of: (pid: number) => number | undefined): number | null {
  const each = pids.map(of)
  return each.includes(undefined) ? null : each.reduce<number>((total, value) => total + (value ?? 0), 0)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
