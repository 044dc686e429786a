/** Spaces load: how much a member holds for its spaces. What should be bounded is watched by this. */
export interface SpacesLoad {
  /** Spaces that it is in. */
  readonly spaces: number
  /** Signed facts: fields of presence, entries of configs. */
  readonly facts: number
  /** Documents on their way in pieces. */
  readonly transfers: number
}
