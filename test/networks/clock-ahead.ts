/** Clock ahead: loaded before a program, it sets the program's wall clock 30 hours ahead. */
const { now } = Date
const aheadMs = 30 * 3_600_000
Date.now = () => now() + aheadMs
