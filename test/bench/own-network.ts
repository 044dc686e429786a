/** Own network: runs the bench in its own network namespace, so that loopback's counters count only its members. */
import { spawn, spawnSync } from 'node:child_process'

const mark = 'HEARSAY_BENCH_OWN_NETWORK'

/** Whether this process runs inside the namespace. */
export const inOwnNetwork: boolean = process.env[mark] === '1'

/** Whether the bench can use a network namespace: this needs Linux, root, util-linux and iproute2. */
export function canHaveOwnNetwork(): boolean {
  return (
    process.platform === 'linux' &&
    spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0
  )
}

/**
 * Runs the command of this process again inside a namespace, with the same streams, and ends with its exit
 * code.
 */
export function repeatInOwnNetwork(): void {
  const command = [
    '--net',
    'sh',
    '-c',
    'ip link set lo up && exec "$@"',
    'sh',
    process.execPath,
    ...process.argv.slice(1),
  ]
  const inside = spawn('unshare', command, { stdio: 'inherit', env: { ...process.env, [mark]: '1' } })
  process.on('exit', () => inside.kill('SIGTERM'))
  inside.on('exit', code => process.exit(code ?? 1))
}
