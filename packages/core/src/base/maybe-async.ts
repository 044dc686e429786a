/** Maybe async: one code path for values that Node returns synchronously and a browser returns as a promise. */

/** Calls `act` synchronously with a plain value, or after a promise resolves. */
export function andThen<T, R>(value: T | Promise<T>, act: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(act) : act(value)
}

/** All values: an array if every value is plain, a promise of the array if any value is a promise. */
export function all<T>(values: readonly (T | Promise<T>)[]): T[] | Promise<T[]> {
  return values.some(value => value instanceof Promise) ? Promise.all(values) : (values as T[])
}
