/** Keys: reads `q` and Ctrl-C as keys. Restores the terminal however the process ends. */
const ctrlC = '\x03'
const quitKeys = ['q', 'Q', ctrlC]

export function quitKeyPressed(): Promise<undefined> {
  const { stdin } = process
  if (!stdin.isTTY) return new Promise(() => undefined)
  stdin.setRawMode(true)
  process.on('exit', () => stdin.setRawMode(false))
  return new Promise(resolve => {
    stdin.on('data', keys => {
      if (quitKeys.some(key => keys.includes(key))) resolve(undefined)
    })
  })
}
