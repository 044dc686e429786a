/** When: values that are there now in Node, and promised in a browser, handled alike. */

/** Goes on at once if the value is there, later if it is promised. */
export function andThen<T, R>(value: T | Promise<T>, act: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(act) : act(value)
}

/** All of them: at once if all are there, later if any is promised. */
export function all<T>(values: readonly (T | Promise<T>)[]): T[] | Promise<T[]> {
  return values.some(value => value instanceof Promise) ? Promise.all(values) : (values as T[])
}
