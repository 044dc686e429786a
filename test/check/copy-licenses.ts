/** Copy licences: before a package is packed, copies the licence texts into its folder. Git ignores the copies. */
import { copyFileSync } from 'node:fs'

for (const name of ['LICENSE-APACHE', 'LICENSE-MIT'])
  copyFileSync(new URL(`../../${name}`, import.meta.url), name)
