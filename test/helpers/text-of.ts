/** The text that the tests write into a document: its shared type `text`. */
export function textOf({ doc }: { readonly doc: { getText(name: string): { toString(): string } } }): string {
  return doc.getText('text').toString()
}
