/** Column: text padded to a width in terminal cells, also with wide letters and colours. Longer text is not cut. */
import stringWidth from 'string-width'

/** The width of a text in terminal cells. */
export const widthOf = (text: string): number => stringWidth(text)

export const left = (text: string, width: number): string => text + padding(text, width)

export const right = (text: string, width: number): string => padding(text, width) + text

const padding = (text: string, width: number) => ' '.repeat(Math.max(0, width - stringWidth(text)))
