import { fault, FaultError, type CallMode } from '@signalbox/contracts';
import { checkRequestChanges, type RequestBody } from '@signalbox/providers';
import {
  fallbackOverrides,
  type AskedFallbacks,
  type Fallback,
  type FallbackEntry,
} from '@signalbox/routing';
import { checkedModelName } from './model-name.js';

const fields = {
  fallbacks: 'general',
  context_window_fallbacks: 'context_window',
  content_policy_fallbacks: 'content_policy',
} as const;

/** More are never tried: `max_fallbacks` bounds the call. */
const mostFallbacks = 32;

/**
 * Reads the fallbacks a client writes into its body: a list of model names, of objects with a `model` and what
 * they change in the request, or of mappings from a model to such a list. What cannot be read is refused: a call
 * that fails over to something else than its author wrote is worse than one that fails.
 * @throws FaultError `invalid_request`
 */
export function askedFallbacks(mode: CallMode, body: RequestBody): AskedFallbacks | undefined {
  let asked: AskedFallbacks | undefined;
  for (const field of ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks'] as const) {
    const written = body[field];
    if (written === undefined || written === null) continue;
    asked = { ...asked, [fields[field]]: new FallbackReader(mode, field).table(written) };
  }
  return asked;
}

class FallbackReader {
  private count = 0;

  constructor(
    private readonly mode: CallMode,
    private readonly field: string,
  ) {}

  table(written: unknown): FallbackEntry[] {
    const forAll: Fallback[] = [];
    const entries: FallbackEntry[] = [];
    for (const [index, item] of listIn(written, this.field).entries()) {
      const param = `${this.field}[${index}]`;
      if (isTable(item)) {
        for (const [model, list] of Object.entries(item)) entries.push(this.entry(model, list, param));
      } else {
        forAll.push(this.fallback(item, param));
      }
    }
    // A plain list is for whatever model this call asks for; so is an empty one, which says: none.
    return entries.length > 0 && forAll.length === 0
      ? entries
      : [...entries, { model: '*', fallbacks: forAll }];
  }

  private entry(model: string, list: unknown, param: string): FallbackEntry {
    const place = `${param}.${model.slice(0, 100)}`;
    const fallbacks = listIn(list, place).map((one, at) => this.fallback(one, `${place}[${at}]`));
    // Saying "none" is a word to remember as well.
    if (fallbacks.length === 0) this.take();
    return { model, fallbacks };
  }

  private fallback(item: unknown, param: string): Fallback {
    this.take();
    if (typeof item === 'string' && item !== '') return { model: checkedModelName(item) };
    if (!isMapping(item)) throw invalid('expected the name of a model or an object with one', param);
    const { model, ...overrides } = item;
    if (typeof model !== 'string' || model === '') throw invalid("'model' is missing", param);
    const name = checkedModelName(model);
    if (Object.keys(overrides).length === 0) return { model: name };
    for (const key of Object.keys(overrides)) {
      if (!fallbackOverrides.has(key)) throw invalid('a fallback may not change this', `${param}.${key}`);
    }
    this.checkBody(overrides, param);
    return { model: name, overrides };
  }

  private take(): void {
    this.count += 1;
    if (this.count > mostFallbacks) throw invalid(`at most ${mostFallbacks} are taken`, this.field);
  }

  /** What a fallback changes must be as right as the request itself. */
  private checkBody(overrides: Readonly<Record<string, unknown>>, param: string): void {
    const checked = checkRequestChanges(this.mode, overrides);
    if (checked.ok) return;
    const place = checked.param === undefined ? param : `${param}.${checked.param}`;
    throw new FaultError(fault('invalid_request', checked.message, { param: place }));
  }
}

function listIn(written: unknown, param: string): readonly unknown[] {
  if (!Array.isArray(written)) throw invalid('expected a list', param);
  return written;
}

/** A mapping from models to their fallbacks, not one fallback. */
function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMapping(value) && typeof value['model'] !== 'string' && Object.keys(value).length > 0;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string, param: string): FaultError {
  const place = param.slice(0, 200);
  return new FaultError(fault('invalid_request', `Invalid '${place}': ${reason}.`, { param: place }));
}
