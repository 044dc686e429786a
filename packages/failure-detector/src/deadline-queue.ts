/**
 * Deadline queue: keys ordered by deadline, each key at most once; setting a key again moves it.
 * An indexed binary heap: `nextMs` costs O(1); set, delete and take cost O(log n).
 */
export class DeadlineQueue<Key> {
  readonly #heap: { readonly key: Key; dueMs: number }[] = []
  readonly #at = new Map<Key, number>()

  /** The earliest deadline; Infinity when the queue is empty. */
  nextMs(): number {
    return this.#heap[0]?.dueMs ?? Infinity
  }

  has(key: Key): boolean {
    return this.#at.has(key)
  }

  /** All keys, in no particular order. */
  keys(): Key[] {
    return [...this.#at.keys()]
  }

  set(key: Key, dueMs: number): void {
    const at = this.#at.get(key)
    if (at === undefined) {
      this.#place({ key, dueMs }, this.#heap.length)
      this.#siftUp(this.#heap.length - 1)
      return
    }
    const item = this.#heap[at]
    if (item === undefined) return
    item.dueMs = dueMs
    this.#siftUp(at)
    this.#siftDown(this.#at.get(key) ?? at)
  }

  delete(key: Key): void {
    const at = this.#at.get(key)
    if (at === undefined) return
    this.#at.delete(key)
    const last = this.#heap.pop()
    if (last === undefined || at === this.#heap.length) return
    this.#place(last, at)
    this.#siftUp(at)
    this.#siftDown(this.#at.get(last.key) ?? at)
  }

  clear(): void {
    this.#heap.length = 0
    this.#at.clear()
  }

  /** Removes and returns the key with the earliest deadline if that has passed, else undefined. */
  takeDue(nowMs: number): Key | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.dueMs > nowMs) return undefined
    this.delete(first.key)
    return first.key
  }

  #place(item: { readonly key: Key; dueMs: number }, at: number): void {
    this.#heap[at] = item
    this.#at.set(item.key, at)
  }

  #dueAt(at: number): number {
    return this.#heap[at]?.dueMs ?? Infinity
  }

  #siftUp(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#dueAt(parent) <= this.#dueAt(at)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #siftDown(from: number): void {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      const least = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left
      if (this.#dueAt(least) >= this.#dueAt(at)) return
      this.#swap(at, least)
      at = least
    }
  }

  #swap(a: number, b: number): void {
    const itemA = this.#heap[a]
    const itemB = this.#heap[b]
    if (itemA === undefined || itemB === undefined) return
    this.#place(itemA, b)
    this.#place(itemB, a)
  }
}
