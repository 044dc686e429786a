/** Whether it counts something: a whole number that JavaScript holds exactly, not below 0. */
export function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}
