/** Prints one JSON object a line for `--json`. The formats are public: fields may be added, never removed. */
export const printJson = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
