/** Sends several items as one and answers with as many results, in the same order. */
export type SendBatch<Item, Result> = (items: Item[]) => Promise<Result[]>;

export interface BatcherOptions {
  /** Most items in one batch; 256 unless told. A message of the bus holds at most 1 MB. */
  readonly maxItems?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends all items that arrive in one turn of the event loop together. There is no timer: an item that comes alone goes
 * at the end of its turn, so waiting costs nothing at low load and one message serves many at high load. When sending
 * fails, every item of the batch fails with that error. The batch is sent in the trace of its first item.
 */
export function createBatcher<Item, Result>(
  send: SendBatch<Item, Result>,
  { maxItems = 256 }: BatcherOptions = {},
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    void deliver(send, batch);
  };
  return (item) =>
    new Promise((resolve, reject) => {
      // The first of a batch books the flush; one that fills it up begins the next batch.
      if (waiting.length === 0) setImmediate(flushOf);
      waiting.push({ item, resolve, reject });
      if (waiting.length >= maxItems) flush();
    });
  function flushOf(): void {
    if (waiting.length > 0) flush();
  }
}

async function deliver<Item, Result>(
  send: SendBatch<Item, Result>,
  batch: Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await send(batch.map(({ item }) => item));
    if (results.length !== batch.length) {
      throw new Error(`A batch of ${batch.length} items was answered with ${results.length} results.`);
    }
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
