/** Size: a scenario is played small with every change, and as large as it is meant by `pnpm test:long`. */
const isLong = process.env['HEARSAY_LONG'] === '1'

export function size<T>({ usual, long }: { readonly usual: T; readonly long: T }): T {
  return isLong ? long : usual
}
