/** Member process: the module of the utility process, unless the app has its own. Bundled, so that it loads fast. */
import { runMember } from './member.ts'

await runMember()
