/**
 * Component openings: all components together are one opener of a room or config, beside the app.
 *
 * A room or config that the app has opened itself stays open when the last component closes it, and the components keep it
 * when the app leaves it.
 */
import { endOpening, markOpening } from '@hearsay/core/app'

/** Opens a room or config for the components. */
export async function openShared<Space extends object>(open: () => Promise<Space>): Promise<Space> {
  for (;;) {
    const space = await open()
    // Another part of the app may have left it between the two: then it is opened again.
    if (markOpening(space, 'components')) return space
  }
}

/** The components have closed it. Leaves it, unless the app has it open. @returns whether the components have left it */
export function releaseShared(space: { leave(): void }): boolean {
  if (!endOpening(space, 'components')) return false
  space.leave()
  return true
}
