/**
 * Licences: writes the licence texts of all packages in a bundle to the file licenses.txt beside the bundle.
 *
 * Some packages, such as those of libp2p, contain no licence file. If such a package permits Apache-2.0, hearsay uses
 * the package under Apache-2.0. The text of this licence is in the file LICENSE-APACHE of each package of hearsay.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'rolldown'
import { licensePlugin } from 'rolldown-license-plugin'

const separator = '\n\n---\n\n'

/** @param inside the licenses.txt of bundles that this bundle contains */
export function licenses(...inside: readonly string[]): Plugin {
  return licensePlugin({
    done(packages, context) {
      const own = packages.map(
        ({ name, version, license, licenseText }) =>
          `${name} ${version}, ${license}\n\n${licenseText || withoutText(name, license)}`,
      )
      const all = [...own, ...inside.map(path => readFileSync(path, 'utf8'))]
      context.emitFile({ type: 'asset', fileName: 'licenses.txt', source: all.join(separator) })
    },
  })
}

function withoutText(name: string, license: string): string {
  if (license.includes('Apache-2.0')) return 'Used under Apache-2.0: the text is in LICENSE-APACHE.'
  return `${name} has no licence file; its package.json says ${license}.`
}
