/** Short id: the end of a member's id. All ids of one key type begin with the same characters. */
export const shortId = (id: string): string => `…${id.slice(-8)}`
