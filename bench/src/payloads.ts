/** What is sent and answered: about 1.2 KB of request, 0.6 KB of answer, or a stream of 100 chunks. */

const usage = { prompt_tokens: 230, completion_tokens: 60, total_tokens: 290 };
const STREAM_CHUNKS = 100;

/** The body of a chat request to a model group, on behalf of an end user who must stay in the EU. */
export function chatRequestBody(model: string, stream: boolean): string {
  return JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You answer in one short sentence. '.repeat(6).trim() },
      {
        role: 'user',
        content: 'What is the meaning of the universe, and who would know? '.repeat(14).trim(),
      },
    ],
    max_tokens: 64,
    temperature: 0.2,
    user: BENCH_END_USER,
    ...(stream ? { stream: true } : {}),
  });
}

/** The end user that every request names. */
export const BENCH_END_USER = 'bench-customer';

/** An ordinary answer with its usage. */
export function chatAnswerBody(): string {
  return JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'It is forty-two, as far as anybody has been able to find out. '.repeat(5).trim(),
        },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
    system_fingerprint: 'fp_bench',
  });
}

/** The events of a streamed answer: 100 chunks, the last with the usage, then the end mark. */
export function chatAnswerEvents(): string[] {
  const chunk = (delta: object, finish: string | null, more: object = {}): string =>
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: 'gpt-4o-mini-2024-07-18',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...more,
    });
  const words = Array.from({ length: STREAM_CHUNKS - 1 }, (_, index) =>
    chunk({ content: ` word${index}` }, null),
  );
  return [...words, chunk({}, 'stop', { usage }), '[DONE]'];
}
