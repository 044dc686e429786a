/** Writes the manual page beside the built command. A step of the build. */
import { writeFileSync } from 'node:fs'
import { createProgram } from '../program.ts'
import { manPage } from './man-page.ts'

writeFileSync(new URL('../../dist/hearsay.1', import.meta.url), manPage(createProgram()))
