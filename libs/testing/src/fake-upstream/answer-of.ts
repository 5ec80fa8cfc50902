import { json, type AnswerContent, type ModelAnswer } from './answer-content.js';
import { imagesAnswer } from './images-answer.js';
import {
  chatBody,
  completionBody,
  embeddingBody,
  modelsBody,
  speak,
  usageOf,
  type Occasion,
} from './model-answer.js';
import type { ModelRequest } from './model-request.js';
import type { ModelRoute } from './model-route.js';
import { chatEvents, completionEvents, type StreamEvent } from './model-stream.js';
import { moderationAnswer } from './moderation-answer.js';
import { responsesAnswer } from './responses-answer.js';
import { speechAnswer } from './speech-answer.js';
import { transcriptionAnswer } from './transcription-answer.js';

/** What the model of a route answers to a request. */
export function answerOf(route: ModelRoute, request: ModelRequest, occasion: Occasion): ModelAnswer {
  switch (route.operation) {
    case 'chat':
      return chatAnswer(request, occasion, route.azure);
    case 'completion':
      return completionAnswer(request, occasion);
    case 'responses':
      return responsesAnswer(request, occasion);
    case 'embedding':
      return embeddingAnswer(request, occasion);
    case 'moderation':
      return moderationAnswer(request, occasion);
    case 'image generation':
      return imagesAnswer('image_generation', request, occasion);
    case 'image edit':
      return imagesAnswer('image_edit', request, occasion);
    case 'speech':
      return speechAnswer(request, occasion);
    case 'transcription':
      return transcriptionAnswer('transcribe', request, occasion);
    case 'translation':
      return transcriptionAnswer('translate', request, occasion);
    case 'models':
      return { content: json(modelsBody(occasion.created)) };
  }
}

function chatAnswer(request: ModelRequest, occasion: Occasion, azure: boolean): ModelAnswer {
  const speech = speak(request, occasion);
  const content =
    request.stream === true
      ? closed(chatEvents(speech, { ...streamOptions(request, occasion), azure }))
      : json(chatBody(speech));
  return { used: speech.used, content };
}

function completionAnswer(request: ModelRequest, occasion: Occasion): ModelAnswer {
  const speech = speak(request, occasion);
  const content =
    request.stream === true
      ? closed(completionEvents(speech, streamOptions(request, occasion)))
      : json(completionBody(speech));
  return { used: speech.used, content };
}

function embeddingAnswer(request: ModelRequest, occasion: Occasion): ModelAnswer {
  const used = usageOf(request, 0, occasion.behaviour);
  const told = occasion.behaviour.usage === false ? undefined : used;
  return { used, content: json(embeddingBody(request, occasion, told)) };
}

function streamOptions(request: ModelRequest, { behaviour }: Occasion) {
  return { behaviour, includeUsage: request.stream_options?.include_usage === true };
}

function closed(events: readonly StreamEvent[]): AnswerContent {
  return { kind: 'events', events, closing: true };
}
