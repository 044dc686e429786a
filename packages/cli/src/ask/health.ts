/** `hearsay health`: the figures of the member's health, and what needs attention. */
import { styleText } from 'node:util'
import type { OpenedCluster } from '../attach/open-cluster.ts'
import { printable } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'
import { printFields } from './fields.ts'

export async function health({ cluster }: OpenedCluster, json: true | undefined): Promise<boolean> {
  const figures = cluster.health.getSnapshot()
  const { problems } = figures
  if (json) printJson({ event: 'health', ok: problems.length === 0, ...figures, at: Date.now() })
  else {
    const { localHealth, pauses, visible, known, connections, storage, refutedSuspicions } = figures
    if (problems.length === 0) console.log(styleText('green', 'ok'))
    for (const { text } of problems) console.log(styleText('yellow', printable(text)))
    printFields([
      ['members visible', `${visible} of ${known} known`],
      ['connections', `${connections}`],
      ['local health', `${localHealth} of 7 (0 is good)`],
      ['pauses since the start', `${pauses}`],
      ['suspicions refuted in time', `${refutedSuspicions}`],
      ['storage', storage],
      ['connections refused', `${figures.refusedConnections}`],
      ['connections dropped', `${figures.droppedConnections}`],
      ['streams aborted', `${figures.abortedStreams}`],
      ['facts refused', `${Object.values(figures.refusedFacts).reduce((sum, count) => sum + count, 0)}`],
      ['room facts rejected', `${figures.rejected}`],
      ['room messages dropped', `${figures.limited}`],
    ])
  }
  return problems.length === 0
}
