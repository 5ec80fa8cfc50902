import { bytesOf, inputAndOutput, json, typedEvents, type ModelAnswer } from './answer-content.js';
import { modelOf, speak, usageOf, type Occasion, type Usage } from './model-answer.js';
import type { ModelRequest } from './model-request.js';
import type { StreamEvent } from './model-stream.js';

/** What an image counts, read or made. */
const TOKENS_PER_IMAGE = 100;

/** `/images/generations` and `/images/edits`; only models that are called gpt-image count tokens. */
export function imagesAnswer(
  kind: 'image_generation' | 'image_edit',
  request: ModelRequest,
  occasion: Occasion,
): ModelAnswer {
  const counts = modelOf(request, occasion.deployment).includes('gpt-image');
  const used = counts ? usageOfImages(request, occasion) : undefined;
  const usage = occasion.behaviour.usage === false || used === undefined ? {} : { usage: fieldsOf(used) };
  const content =
    request.stream === true
      ? typedEvents(events(kind, { request, occasion, usage }))
      : json({
          created: occasion.created,
          data: Array.from({ length: imagesIn(request) }, (_, index) => ({
            b64_json: imageOf(request, occasion, index),
          })),
          ...usage,
        });
  return { ...(used !== undefined && { used }), content };
}

interface Parts {
  request: ModelRequest;
  occasion: Occasion;
  usage: object;
}

function events(kind: string, { request, occasion, usage }: Parts): StreamEvent[] {
  const look = {
    background: 'opaque',
    created_at: occasion.created,
    output_format: 'png',
    quality: 'low',
    size: '1024x1024',
  };
  const partial = Array.from({ length: request.partial_images ?? 1 }, (_, index) => ({
    type: `${kind}.partial_image`,
    b64_json: imageOf(request, occasion, index + 1),
    partial_image_index: index,
    ...look,
  }));
  const last = { type: `${kind}.completed`, b64_json: imageOf(request, occasion, 0), ...look, ...usage };
  return [...partial, last].map((event) => ({
    name: event.type,
    data: JSON.stringify(event),
    content: true,
  }));
}

function usageOfImages(request: ModelRequest, occasion: Occasion): Usage {
  const { tokens = {} } = occasion.behaviour;
  const text = usageOf(request, 0, {}).prompt_tokens;
  const image = request.files.length * TOKENS_PER_IMAGE;
  return usageOf(request, 0, {
    tokens: {
      prompt: text + image,
      completion: imagesIn(request) * TOKENS_PER_IMAGE,
      ofPrompt: { text_tokens: text, image_tokens: image },
      ...tokens,
    },
  });
}

function fieldsOf(usage: Usage) {
  return {
    ...inputAndOutput(usage),
    input_tokens_details: usage.prompt_tokens_details,
    ...(usage.completion_tokens_details !== undefined && {
      output_tokens_details: usage.completion_tokens_details,
    }),
  };
}

function imagesIn(request: ModelRequest): number {
  return Math.max(1, request.n ?? 1);
}

/** Base64 of an image that shows what would have been said. */
function imageOf(request: ModelRequest, occasion: Occasion, index: number): string {
  const seen = `${index}: ${speak(request, occasion).words.join('')}`;
  return bytesOf(seen, occasion.behaviour.bytes ?? 96).toString('base64');
}
