/**
 * Docstrings: which exports of an entry point have none.
 *
 * The rule has no exemption: each exported declaration has a docstring, and so has each property and method of an
 * exported interface or class. An override keeps the docstring of what it overrides.
 */
import { SyntaxKind } from 'typescript/unstable/ast'
import { type API, type Symbol as ExportSymbol, type Project, SymbolFlags } from 'typescript/unstable/sync'

/** The names without a docstring: `Name`, or `Name.member`. */
export function withoutDocstring(api: API, tsconfig: string, entry: string): string[] {
  const { program, checker } = openProject(api, tsconfig)
  const file = program.getSourceFile(entry)
  const module_ = file && checker.getSymbolAtLocation(file)
  if (!module_) throw new Error(`${entry} is not a module of ${tsconfig}`)
  const isUndocumented = (symbol: ExportSymbol): boolean =>
    symbol.getDocumentationComment(checker).trim() === ''
  return checker.getExportsOfModule(module_).flatMap(exported => {
    const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const members = membersOf(symbol).filter(isUndocumented)
    return [
      ...(isUndocumented(symbol) ? [exported.name] : []),
      ...members.map(({ name }) => `${exported.name}.${name}`),
    ]
  })
}

function openProject(api: API, tsconfig: string): Project {
  const project = api.updateSnapshot({ openProjects: [tsconfig] }).getProject(tsconfig)
  if (!project) throw new Error(`${tsconfig} is not a project`)
  return project
}

/** The public properties and methods that an interface or a class declares itself. */
function membersOf(symbol: ExportSymbol): ExportSymbol[] {
  if (!(symbol.flags & (SymbolFlags.Interface | SymbolFlags.Class))) return []
  const kinds = SymbolFlags.Property | SymbolFlags.Method | SymbolFlags.Accessor
  return [...symbol.getMembers().values()].filter(
    member => member.flags & kinds && !member.name.includes('#') && !isOverride(member),
  )
}

function isOverride({ declarations }: ExportSymbol): boolean {
  return declarations.some(handle => {
    const modifiers = (handle.resolve() as { modifiers?: readonly { kind: SyntaxKind }[] } | undefined)
      ?.modifiers
    return modifiers?.some(({ kind }) => kind === SyntaxKind.OverrideKeyword) ?? false
  })
}
