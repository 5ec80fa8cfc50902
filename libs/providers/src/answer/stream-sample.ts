import type { TokenCounter } from '../tokens/count-texts.js';
import { answerTexts } from './answer-texts.js';

/** About 130 events of OpenAI's. */
const SAMPLE_BYTES = 32 * 1024;

/**
 * The begin of a streamed answer, kept for the case that its provider does not tell what it used. Holds no more of a
 * stream of any length, and costs nothing but memory until it is asked to count.
 */
export class StreamSample {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): void {
    if (this.#bytes >= SAMPLE_BYTES) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /**
   * Counts the tokens of a stream of so many events with data: those of the sample by what they say, the others by what
   * one of the sample says on average; one each where the sample holds no whole event.
   */
  count(events: number, counter: TokenCounter): number {
    const texts = new Map<string, string>();
    let sampled = 0;
    for (const data of dataOf(Buffer.concat(this.#chunks).toString())) {
      sampled += 1;
      for (const [place, text] of answerTexts(data)) texts.set(place, (texts.get(place) ?? '') + text);
    }
    if (sampled === 0) return events;
    const tokens = counter([...texts.values()]);
    return events <= sampled ? tokens : Math.ceil((tokens * events) / sampled);
  }
}

/** What the events say; one that is not JSON, as it is cut off, is left out. */
function dataOf(stream: string): unknown[] {
  return stream.split('\n').flatMap((line) => {
    if (!line.startsWith('data:')) return [];
    try {
      return [JSON.parse(line.slice('data:'.length)) as unknown];
    } catch {
      return [];
    }
  });
}
