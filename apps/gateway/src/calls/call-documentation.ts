import type { CallMode } from '@signalbox/contracts';
import { applyDecorators, HttpCode } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { modeTraits } from '@signalbox/providers';
import { DocumentErrors } from '../errors/error-documentation.js';
import { mediaPages, type CallPage } from './media-pages.js';

const usage = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 };

const pages: Readonly<Record<CallMode, CallPage>> = {
  chat: {
    summary: 'Chat completion, whole or streamed',
    required: ['messages'],
    examples: {
      plain: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hey, how is it going?' }] },
      streamed: { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Tell me a story.' }] },
      forAnEndUser: {
        model: 'gpt-4o',
        user: 'customer-45',
        metadata: { tags: ['paid'] },
        messages: [{ role: 'user', content: 'Hey, how is it going?' }],
      },
      withFallbacks: {
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'Hey, how is it going?' }],
        fallbacks: ['gpt-4o-mini', { model: 'mistral-small', max_tokens: 50 }],
      },
    },
    answer: {
      id: 'chatcmpl-123',
      object: 'chat.completion',
      created: 1795219200,
      model: 'gpt-4o',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Very well, thank you.' }, finish_reason: 'stop' },
      ],
      usage,
    },
  },
  completion: {
    summary: 'Text completion, whole or streamed',
    required: ['prompt'],
    examples: { plain: { model: 'gpt-3.5-turbo-instruct', prompt: 'Once upon a time', max_tokens: 50 } },
    answer: {
      id: 'cmpl-123',
      object: 'text_completion',
      created: 1795219200,
      model: 'gpt-3.5-turbo-instruct',
      choices: [{ index: 0, text: ' there was a signal box.', finish_reason: 'stop' }],
      usage,
    },
  },
  embedding: {
    summary: 'Embeddings of one or more texts',
    required: ['input'],
    examples: { plain: { model: 'text-embedding-3-small', input: ['first text', 'second text'] } },
    answer: {
      object: 'list',
      model: 'text-embedding-3-small',
      data: [{ object: 'embedding', index: 0, embedding: [0.0023, -0.0093] }],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    },
  },
  ...mediaPages,
};

/** What comes back, by how it comes. */
const answers = {
  whole: (example: object) => ({
    description: 'The answer of the provider.',
    content: { 'application/json': { example } },
  }),
  events: (example: object) => ({
    description: 'The answer of the provider; with `stream` a series of server-sent events.',
    content: {
      'application/json': { example },
      'text/event-stream': { example: 'data: {...}\n\n' },
    },
  }),
  pieces: () => ({
    description: 'The sound, as it comes from the provider.',
    content: { 'audio/mpeg': { schema: { type: 'string', format: 'binary' } } },
  }),
};

/** The OpenAPI page of a call route. Fields that are not named here pass through to the provider. */
export function DocumentCall(mode: CallMode): MethodDecorator {
  const { summary, required, properties = {}, examples, answer } = pages[mode];
  return applyDecorators(
    HttpCode(200),
    ApiTags('calls'),
    ApiOperation({ summary }),
    ApiBearerAuth(),
    ApiHeader({
      name: 'x-litellm-customer-id',
      required: false,
      description: 'The end user the call is made for.',
    }),
    ApiHeader({ name: 'x-litellm-tags', required: false, description: 'Tags, separated by commas.' }),
    ApiHeader({ name: 'x-litellm-num-retries', required: false, description: 'Attempts beyond the first.' }),
    ApiHeader({ name: 'x-litellm-timeout', required: false, description: 'Seconds an attempt may take.' }),
    ApiHeader({
      name: 'x-litellm-stream-timeout',
      required: false,
      description: 'Seconds until the first piece of a stream.',
    }),
    ...(modeTraits[mode].takesForm ? [ApiConsumes('multipart/form-data')] : []),
    ApiBody({
      schema: { type: 'object', properties, required: [...required], additionalProperties: true },
      examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
    }),
    ApiResponse({ status: 200, ...answers[modeTraits[mode].comes](answer) }),
    DocumentErrors(
      'invalid_request',
      'missing_key',
      'region_restricted',
      'model_not_found',
      'rate_limit_exceeded',
      'caller_limit_exceeded',
      'upstream_timeout',
    ),
  );
}
