/** Size: a test runs small in each test run, and in full size with `pnpm test:long`. */
const isLong = process.env['HEARSAY_LONG'] === '1'

export function size<T>({ usual, long }: { readonly usual: T; readonly long: T }): T {
  return isLong ? long : usual
}
