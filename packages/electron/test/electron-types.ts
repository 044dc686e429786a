/** Compares Electron's own types with those of this package. Not run: it compiles or it does not. */
import type { Electron, LinkApp, ParentPort, WebContents } from '../src/electron.ts'
import type { AppMember } from '../src/start-member.ts'

type Modules = typeof import('electron')
declare const modules: Modules
declare const contents: import('electron').WebContents
declare const parentPort: import('electron').ParentPort
declare const member: AppMember

modules satisfies Electron
modules.app satisfies LinkApp
contents satisfies WebContents
parentPort satisfies ParentPort
member.serve(contents)
