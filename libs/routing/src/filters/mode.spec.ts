import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aRouteRequest } from '../testing-builders.js';
import { mode } from './mode.js';

const facts = { learnedRegion: () => undefined, rules: aCatalog([]) };

describe('mode', () => {
  it.each([
    ['chat', 'chat', true],
    ['chat', 'completion', true],
    ['completion', 'chat', true],
    ['embedding', 'embedding', true],
    ['embedding', 'chat', false],
    ['chat', 'embedding', false],
    ['image_generation', 'chat', false],
    ['chat', 'responses', true],
    ['image_generation', 'image_edit', true],
    ['audio_transcription', 'audio_translation', true],
    ['audio_transcription', 'audio_speech', false],
  ] as const)('a deployment for %s and a %s request: %s', (declared, asked, passes) => {
    const verdict = mode(aDeployment({ mode: declared }), aRouteRequest({ mode: asked }), facts);
    expect(verdict?.code).toBe(passes ? undefined : 'mode');
  });

  it('does not restrict a deployment that declares none', () => {
    expect(mode(aDeployment(), aRouteRequest({ mode: 'embedding' }), facts)).toBeUndefined();
  });
});
