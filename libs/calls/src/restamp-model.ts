import type { RouteDecision } from '@signalbox/contracts';
import { patchBody } from '@signalbox/providers';
import type { Call } from './call.js';

/** The name to write into the answer's `model`, when an alias led the client's name to another one. */
export function aliasedName(call: Call, decision: RouteDecision): string | undefined {
  if (call.body.model === undefined) return undefined;
  const { modelGroup, wildcardTail } = decision;
  const resolved = wildcardTail === undefined ? modelGroup : modelGroup.replace('*', () => wildcardTail);
  return resolved === call.model ? undefined : call.model;
}

/** Replaces `model` in a whole answer; every other byte stays. */
export function restampAnswer(bytes: Buffer, name: string): Buffer {
  const parsed = JSON.parse(bytes.toString()) as Readonly<Record<string, unknown>>;
  if (!Object.hasOwn(parsed, 'model')) return bytes;
  return patchBody(bytes, parsed, { set: { model: name }, remove: new Set() });
}

/**
 * The first `"model":"..."` of each data line. Inside a JSON string its quotes would be escaped, so what a
 * model says about models is never touched.
 */
const modelMember = /^(data:.*?"model"\s*:\s*)"(?:[^"\\]|\\.)*"/gm;

/** Makes a rewriter that replaces `model` in the events of a streamed answer. */
export function restampEvents(name: string): (events: Buffer) => Buffer {
  // latin1 maps every byte to one character and back, so bytes that are not ours survive.
  const value = Buffer.from(JSON.stringify(name)).toString('latin1');
  return (events) =>
    Buffer.from(
      events.toString('latin1').replace(modelMember, (_, before: string) => before + value),
      'latin1',
    );
}
