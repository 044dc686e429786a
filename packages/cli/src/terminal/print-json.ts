/** Print JSON: one object a line, as `--json` promises. The formats are public: fields are only ever added. */
export const printJson = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
