/** Short id: the end of a member's id. All ids of one kind of key begin alike. */
export const shortId = (id: string): string => `…${id.slice(-8)}`
