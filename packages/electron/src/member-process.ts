/**
 * Member process: the module of the utility process, unless the app has its own. Bundled, so that it loads fast.
 *
 * LevelDB is loaded here, and not when the member opens its storage: a standby process then has it already.
 */
import 'classic-level'
import { runMember } from './member.ts'

await runMember()
