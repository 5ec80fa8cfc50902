/** Bytes that are no lines of text. */
export class NotLines extends Error {}

/** No record is longer; who looks for the end of a longer line would have to hold all of it. */
const longestLine = 16 * 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The lines of a file of UTF-8, without their ends, holding one at a time. They end with a line feed and nothing else: JSON may hold
 * what other readers of lines take for an end.
 * @throws NotLines where the next line is no UTF-8, or longer than 16 MiB.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      yield textOf([...pieces, chunk.subarray(from, end)]);
      pieces = [];
      length = 0;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    length += rest.length;
    if (length > longestLine) throw new NotLines('the line is longer than any record');
    if (rest.length > 0) pieces.push(rest);
  }
  if (length > 0) yield textOf(pieces);
}

function textOf(pieces: readonly Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
  } catch {
    throw new NotLines('the line is no UTF-8');
  }
}
