/** Whole numbers below 2^31 out of which the smallest comes first: a binary heap in one array, filled and emptied often. */
export class MergeQueue {
  readonly #heap: Int32Array;
  #size = 0;

  /** @param capacity numbers that are in it at once, at most. */
  constructor(capacity: number) {
    this.#heap = new Int32Array(capacity);
  }

  push(value: number): void {
    const heap = this.#heap;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= value) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = value;
  }

  pop(): number | undefined {
    if (this.#size === 0) return undefined;
    const heap = this.#heap;
    const first = heap[0];
    const size = --this.#size;
    const last = heap[size] ?? 0;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child += 1;
      const below = heap[child] ?? 0;
      if (below >= last) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
