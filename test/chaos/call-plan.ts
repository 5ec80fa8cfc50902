import type { Behaviour } from '@signalbox/testing';
import type { Dice } from './dice.js';

/** One call of the run: what its client does, and how the provider behaves. */
export interface CallPlan {
  /** The call's end user: by this name provider, ledger and counters know the call. */
  readonly id: string;
  readonly isStreamed: boolean;
  readonly isEmbedding: boolean;
  /** The client goes away when the first piece of its answer has come. */
  readonly hangsUp: boolean;
  readonly promptWords: number;
  /** How the provider behaves at the first try, the second, and at all others. */
  readonly behaviours: readonly [Behaviour, Behaviour, Behaviour];
}

/** Draws the next call. */
export function drawCall(number: number, dice: Dice): CallPlan {
  const isEmbedding = dice.isLucky(0.1);
  const isStreamed = !isEmbedding && dice.isLucky(0.5);
  const hangsUp = isStreamed && dice.isLucky(0.12);
  const answer: Behaviour = {
    latencyMs: dice.isLucky(0.1) ? dice.between(200, 1_500) : dice.between(0, 40),
    content: words(dice.between(1, 40), 'word'),
    ...(isStreamed && { chunkDelayMs: hangsUp ? 50 : dice.between(0, 5) }),
  };
  return {
    id: `call-${number}`,
    isStreamed,
    isEmbedding,
    hangsUp,
    promptWords: dice.between(1, 30),
    behaviours: [disturbed(answer, isStreamed, dice), disturbed(answer, isStreamed, dice), answer],
  };
}

/** What its client sends. */
export function bodyOf({ id, isEmbedding, isStreamed, promptWords }: CallPlan): object {
  const text = words(promptWords, 'please');
  if (isEmbedding) return { model: 'embed', input: text, user: id };
  const messages = [{ role: 'user', content: text }];
  return { model: 'chat', messages, max_tokens: 100, user: id, ...(isStreamed && { stream: true }) };
}

function disturbed(answer: Behaviour, isStreamed: boolean, dice: Dice): Behaviour {
  const fate = dice.roll();
  if (fate < 0.05) return { status: 500 };
  if (fate < 0.07) return { status: 429 };
  if (fate < 0.09) return { hangUp: true };
  if (fate < 0.12 && isStreamed) return { ...answer, truncateStreamAfter: dice.between(1, 5) };
  return answer;
}

function words(count: number, word: string): string {
  return Array.from({ length: count }, () => word).join(' ');
}
