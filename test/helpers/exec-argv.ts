/**
 * Node's options for a script that imports the sources. Types cannot just be stripped: the generated codec has
 * namespaces, which exist at run time.
 */
export const execArgv: string[] = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning']
