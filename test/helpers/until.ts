/** Waits for a store's value. A test's timeout ends the wait. */

interface Store<T> {
  getSnapshot(): T
  subscribe(listener: () => void): () => void
}

/** Resolves when a store's value meets the condition. */
export async function until<T>(store: Store<T>, fits: (value: T) => boolean): Promise<void> {
  if (fits(store.getSnapshot())) return
  await new Promise<void>(resolve => {
    const stop = store.subscribe(() => {
      if (!fits(store.getSnapshot())) return
      stop()
      resolve()
    })
  })
}
