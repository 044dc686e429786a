/** `hearsay demo`: runs the scenario, with a renderer that fits the output. */
import { stopRequested } from '../member/lifecycle.ts'
import { quitKeyPressed } from '../terminal/keys.ts'
import { endProcess } from '../terminal/output.ts'
import { DemoCluster } from './demo-cluster.ts'
import { jsonRenderer, plainRenderer } from './line-renderers.ts'
import { liveRenderer } from './live-renderer.ts'
import type { DemoFlags } from './options.ts'
import { Processes } from './page/process-control.ts'
import { servePage } from './page/serve.ts'
import { type Renderer, runScenario, type Scenario } from './scenario.ts'
import { setupSteps, steps } from './steps.ts'

export async function demo(flags: DemoFlags): Promise<void> {
  const live = process.stdout.isTTY && !flags.json
  // In a terminal the demo stays open after the scenario; without a scenario it always stays open.
  const hasScenario = flags.scenario && flags.story
  const stays = !hasScenario || (live && !flags.once)
  const cluster = new DemoCluster(flags.members)
  const processes = new Processes(cluster)
  const page = stays && flags.page ? await servePage(processes, flags.port) : undefined
  const renderer: Renderer = flags.json ? jsonRenderer() : live ? liveRenderer(cluster) : plainRenderer()
  const quit = Promise.race([stopRequested(), ...(live ? [quitKeyPressed()] : [])])
  let scenario: Scenario | undefined
  try {
    if (page) renderer.opened(page.url)
    scenario = await Promise.race([runScenario(cluster, renderer, hasScenario ? steps : setupSteps), quit])
    if (scenario && hasScenario) renderer.finished(scenario)
    processes.scenarioEnded()
    if (scenario && stays) await quit
  } finally {
    page?.close()
    renderer.close()
    await cluster.end()
  }
  if (!scenario) console.error('hearsay: stopped before the scenario ended')
  await endProcess(scenario?.passed ? 0 : 1)
}
