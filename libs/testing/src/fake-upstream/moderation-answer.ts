import { json, type ModelAnswer } from './answer-content.js';
import { modelOf, type Occasion } from './model-answer.js';
import { promptTexts, type ModelRequest } from './model-request.js';

const categories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

/** `/moderations`: texts that speak of violence are flagged, and no tokens counted. */
export function moderationAnswer(request: ModelRequest, occasion: Occasion): ModelAnswer {
  const results = promptTexts(request).map((text) => {
    const flagged = text.toLowerCase().includes('violence');
    const isMeant = (category: string): boolean => flagged && category === 'violence';
    return {
      flagged,
      categories: eachCategory(isMeant),
      category_scores: eachCategory((category) => (isMeant(category) ? 0.9 : 0.1)),
      category_applied_input_types: eachCategory(() => ['text']),
    };
  });
  const id = `modr-fake-${occasion.site}-${occasion.requestNumber}`;
  return { content: json({ id, model: modelOf(request, occasion.deployment), results }) };
}

function eachCategory<Value>(valueOf: (category: string) => Value): Record<string, Value> {
  return Object.fromEntries(categories.map((category) => [category, valueOf(category)]));
}
