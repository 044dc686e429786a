/**
 * A member whose process runs out of file descriptors. Argument: its options as JSON. Messages: `exhaust` opens files until
 * the system refuses; `release` closes them. Answers each message with the number of open files.
 */
import { closeSync, openSync } from 'node:fs'
import { joinCluster } from '../../src/libp2p/node/join-cluster.ts'

const files: number[] = []

function exhaust(): void {
  try {
    for (;;) files.push(openSync('/dev/null', 'r'))
  } catch {
    // The process has no file descriptors left.
  }
}

process.on('message', message => {
  if (message === 'exhaust') exhaust()
  else for (const file of files.splice(0)) closeSync(file)
  process.send?.(files.length)
})
await joinCluster(JSON.parse(process.argv[2] ?? '{}'))
process.send?.('ready')
