/** Page files: the built pages, which the build of the CLI copies to the folder `page` beside its bundle. */
import { fileURLToPath } from 'node:url'

export const pageFiles: string = fileURLToPath(new URL('./page', import.meta.url))
