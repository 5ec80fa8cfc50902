/**
 * What a model said in an answer, or in one event of a streamed answer: texts, refusals, reasoning, calls of tools, and what
 * it heard. By choice and field, so that the pieces of a stream can be put together. Never throws, whatever the shape.
 */
export function answerTexts(answer: unknown): [place: string, text: string][] {
  const found: [string, string][] = [];
  if (!isRecord(answer)) return found;
  // Events with a type repeat in their last ones what the `delta`s said.
  if (typeof answer['type'] === 'string') {
    collect(found, 'delta', answer['delta']);
    return found;
  }
  if (typeof answer['text'] === 'string') collect(found, 'text', answer['text']);
  collect(found, 'output', answer['output']);
  for (const [position, choice] of listOf(answer['choices']).entries()) {
    if (!isRecord(choice)) continue;
    const index = typeof choice['index'] === 'number' ? choice['index'] : position;
    collect(found, `${index}`, choice['text']);
    collect(found, `${index}`, choice['message'] ?? choice['delta']);
  }
  return found;
}

/** What stands beside the texts and is none: who speaks, and how the parts are called. */
const notSaid: ReadonlySet<string> = new Set(['role', 'id', 'type', 'index', 'audio']);

function collect(found: [string, string][], place: string, value: unknown): void {
  if (typeof value === 'string') {
    if (value !== '') found.push([place, value]);
  } else if (Array.isArray(value)) {
    for (const [position, part] of listOf(value).entries()) {
      const index = isRecord(part) && typeof part['index'] === 'number' ? part['index'] : position;
      collect(found, `${place}.${index}`, part);
    }
  } else if (isRecord(value)) {
    for (const [key, part] of Object.entries(value))
      if (!notSaid.has(key)) collect(found, `${place}.${key}`, part);
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
