/**
 * The one place that says which value is in force, where it may be replaced while the process runs. Who reads
 * `current` twice may see two values: what must fit together is taken from one reading.
 */
export class Current<Value> {
  readonly #followers = new Set<(next: Value, before: Value) => void>();
  #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  get current(): Value {
    return this.#value;
  }

  /** Puts another value in force, then tells the followers, in the order in which they came. */
  replace(next: Value): void {
    const before = this.#value;
    this.#value = next;
    for (const follow of this.#followers) follow(next, before);
  }

  /** Told of every later replacement; must not throw. Returns what ends that. */
  onChange(follower: (next: Value, before: Value) => void): () => void {
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
    };
  }
}
