import type { CallMode } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { relayOf } from './relay.js';

function relayed(mode: CallMode, type: string | undefined, streamed: boolean) {
  const headers = { ...(type !== undefined && { 'content-type': type }), 'content-length': '9' };
  const head = { status: 200, headers };
  const request = { streamed, hideUsage: false };
  return relayOf(mode, { head, request, name: undefined, maxAnswerBytes: 1_000 });
}

describe('an answer', () => {
  it.each<[CallMode, string | undefined, boolean, 'whole' | 'events' | 'bytes']>([
    ['chat', 'application/json', false, 'whole'],
    ['chat', 'text/event-stream', true, 'events'],
    ['chat', 'text/event-stream', false, 'whole'],
    ['chat', 'application/json', true, 'whole'],
    ['chat', 'audio/mpeg', false, 'whole'],
    ['audio_speech', 'audio/mpeg', true, 'bytes'],
    ['audio_speech', 'application/octet-stream', true, 'bytes'],
    ['audio_speech', 'text/event-stream', true, 'events'],
    ['audio_speech', 'text/html', true, 'whole'],
    ['audio_speech', undefined, true, 'whole'],
    ['audio_transcription', 'application/json', false, 'whole'],
    ['audio_transcription', 'text/plain; charset=utf-8', false, 'bytes'],
    ['audio_transcription', 'text/html', false, 'whole'],
    ['audio_transcription', 'text/event-stream', true, 'events'],
    ['image_generation', 'image/png', false, 'whole'],
  ])('to %s of type %s, streamed: %s, is passed on as %s', (mode, type, streamed, how) => {
    const relay = relayed(mode, type, streamed);
    expect(relay === undefined ? 'whole' : relay.hasEvents ? 'events' : 'bytes').toBe(how);
  });

  it('of bytes keeps its type and length, and counts by its length what is text', () => {
    const relay = relayed('audio_translation', 'text/vtt', false);
    expect(relay?.headers).toEqual({ 'content-type': 'text/vtt', 'content-length': '9' });
    const chunk = Buffer.alloc(700);
    expect(relay?.tap.push(chunk)).toEqual([chunk]);
    expect(relay?.tap.countAnswer(() => 0)).toBe(100);
    const sound = relayed('audio_speech', 'audio/mpeg', true);
    sound?.tap.push(chunk);
    expect(sound?.tap.countAnswer(() => 0)).toBe(0);
  });
});
