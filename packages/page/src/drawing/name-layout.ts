/** Name layout: where names are inside a dense ring. A name that would overlap others moves towards the middle. */
import type { Point } from '../contract.ts'

export interface NamedMark {
  /** The position of the mark, 0 to 1 from the left and from the top. */
  readonly at: Point
  readonly text: string
}

/** In hundredths of the drawing's width. */
export interface NamePlace extends Point {
  readonly anchor: 'start' | 'end'
}

/** In hundredths of the drawing's width, on a narrow page, where the letters are largest in relation to the drawing. */
const letterWidth = 2.3
const lineHeight = 4.4

/** @param radius the distance of the names from the middle, as a fraction of the drawing's width */
export function placeNames(names: readonly NamedMark[], radius: number): readonly NamePlace[] {
  const wanted = names.map(({ at, text }) => {
    const angle = Math.atan2(at.y - 0.5, at.x - 0.5)
    const place: NamePlace = {
      x: 50 + 100 * radius * Math.cos(angle),
      y: 50 + 100 * radius * Math.sin(angle),
      anchor: at.x > 0.5 ? 'end' : 'start',
    }
    return { place, width: text.length * letterWidth }
  })
  const places = wanted.map(({ place }) => place)
  const placed: { readonly place: NamePlace; readonly width: number }[] = []
  // A name near the top or the bottom has no other names beyond it, so it keeps its place.
  const outermostFirst = wanted
    .map((_, index) => index)
    .sort((a, b) => fromMiddle(places[b]) - fromMiddle(places[a]))
  for (const index of outermostFirst) {
    const name = wanted[index]
    if (!name) continue
    const step = name.place.y > 50 ? -lineHeight : lineHeight
    let { place } = name
    // Each of the placed names is passed at most once.
    for (let moves = 0; moves < placed.length; moves++) {
      if (!placed.some(other => overlap({ ...name, place }, other))) break
      place = { ...place, y: place.y + step }
    }
    places[index] = place
    placed.push({ ...name, place })
  }
  return places
}

const fromMiddle = (place: NamePlace | undefined): number => Math.abs((place?.y ?? 50) - 50)

interface Box {
  readonly place: NamePlace
  readonly width: number
}

function overlap(a: Box, b: Box): boolean {
  const [aLeft, bLeft] = [leftOf(a), leftOf(b)]
  return (
    Math.abs(a.place.y - b.place.y) < lineHeight - 0.01 && aLeft < bLeft + b.width && bLeft < aLeft + a.width
  )
}

const leftOf = ({ place, width }: Box): number => (place.anchor === 'end' ? place.x - width : place.x)
