import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPlan, nextHop } from './fallback-plan.js';
import { rulesOfCall, type Fallback, type FallbackKind, type FallbackRules } from './fallback-rules.js';
import { fallbacksOf } from './fallbacks-of.js';

type Table = Record<string, readonly (string | Fallback)[]>;

function rulesFrom(
  general: Table,
  words: Partial<FallbackRules> & { contextWindow?: Table } = {},
): FallbackRules {
  const { contextWindow = {}, ...more } = words;
  return {
    tables: { general: entries(general), context_window: entries(contextWindow), content_policy: [] },
    defaults: [],
    maxFallbacks: 5,
    ...more,
  };
}

function entries(table: Table) {
  return Object.entries(table).map(([model, list]) => ({
    model,
    fallbacks: list.map((item) => (typeof item === 'string' ? { model: item } : item)),
  }));
}

/** Every model in the order they are tried when all of them fail, each in its way. */
function visits(
  rules: FallbackRules,
  model: string,
  kindOf: (model: string) => FallbackKind = () => 'general',
) {
  const path: string[] = [];
  let plan = emptyPlan;
  let at = model;
  for (;;) {
    const next = nextHop(plan, rules, { names: [at], kind: kindOf(at) });
    if (next === undefined) return path;
    ({ plan } = next);
    at = next.hop.model;
    path.push(at);
  }
}

describe('a fallback plan', () => {
  it('tries the fallbacks in their order', () => {
    expect(visits(rulesFrom({ a: ['b', 'c', 'd'] }), 'a')).toEqual(['b', 'c', 'd']);
  });

  it('tries the fallbacks of a fallback before those that are left', () => {
    expect(visits(rulesFrom({ a: ['b', 'c'], b: ['d'] }), 'a')).toEqual(['b', 'd', 'c']);
  });

  it('tries the defaults last, however they are written', () => {
    expect(visits(rulesFrom({ a: ['b', 'c'] }, { defaults: [{ model: 'last' }] }), 'a')).toEqual([
      'b',
      'c',
      'last',
    ]);
    expect(visits(rulesFrom({ '*': ['last'], a: ['b', 'c'] }), 'a')).toEqual(['b', 'c', 'last']);
  });

  it('chooses by how the model before failed', () => {
    const rules = rulesFrom({ a: ['b'], long: ['c'] }, { contextWindow: { a: ['long'] } });
    expect(visits(rules, 'a', (model) => (model === 'a' ? 'context_window' : 'general'))).toEqual([
      'long',
      'c',
    ]);
  });

  it('ends in a loop, and does not come back to the model by another name', () => {
    const rules = rulesFrom({ a: ['b'], b: ['a', 'alias-of-a'] });
    expect(visits(rules, 'a')).toEqual(['b', 'alias-of-a']);
    const first = nextHop(emptyPlan, rules, { names: ['alias-of-a', 'a'], kind: 'general' });
    expect(first?.hop.model).toBe('b');
    expect(first && nextHop(first.plan, rules, { names: ['b'], kind: 'general' })).toBeUndefined();
  });

  it('stops at max_fallbacks', () => {
    expect(visits(rulesFrom({ a: ['b', 'c', 'd'] }, { maxFallbacks: 2 }), 'a')).toEqual(['b', 'c']);
    expect(visits(rulesFrom({ a: ['b'] }, { maxFallbacks: 0 }), 'a')).toEqual([]);
  });

  it('may try the same model again with other messages', () => {
    const shorter = { model: 'a', overrides: { messages: ['short'] } };
    const rules = rulesFrom({ '*': [shorter, 'b'] });
    expect(visits(rules, 'a')).toEqual(['a', 'b']);
  });

  it('follows the client where it says something, and the configuration in the rest', () => {
    const configured = rulesFrom(
      { a: ['b'] },
      { contextWindow: { a: ['long'] }, defaults: [{ model: 'last' }] },
    );
    const rules = rulesOfCall(configured, { general: [{ model: '*', fallbacks: [{ model: 'mine' }] }] });
    expect(visits(rules, 'a')).toEqual(['mine']);
    expect(visits(rules, 'a', (model) => (model === 'a' ? 'context_window' : 'general'))).toEqual([
      'long',
      'mine',
    ]);
    expect(rulesOfCall(configured, undefined)).toBe(configured);
  });
});

describe('any configuration of fallbacks', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'x/1', 'x/2');
  const key = fc.oneof(name, fc.constantFrom('*', 'x/*', '*/1'));
  const target = fc.oneof(name, fc.constantFrom('y/*', 'x/*'));
  const table = fc.array(
    fc.record({
      model: key,
      fallbacks: fc.array(
        target.map((model) => ({ model })),
        { maxLength: 4 },
      ),
    }),
    {
      maxLength: 5,
    },
  );
  const anyRules = fc.record({
    tables: fc.record({ general: table, context_window: table, content_policy: table }),
    defaults: fc.array(
      name.map((model) => ({ model })),
      { maxLength: 2 },
    ),
    maxFallbacks: fc.integer({ min: 0, max: 8 }),
  });
  const kind = fc.constantFrom<FallbackKind>('general', 'context_window', 'content_policy');
  const kinds = fc.array(kind, { minLength: 10, maxLength: 10 });

  it('visits no model twice, no more than allowed, and only what a failed model names', () => {
    fc.assert(
      fc.property(anyRules, name, kinds, (rules, model, drawn) => {
        const kindByModel = new Map<string, FallbackKind>();
        const kindOf = (failed: string): FallbackKind => {
          const known = kindByModel.get(failed) ?? drawn[kindByModel.size] ?? 'general';
          kindByModel.set(failed, known);
          return known;
        };
        const path = visits(rules, model, kindOf);
        expect(path.length).toBeLessThanOrEqual(rules.maxFallbacks);
        expect(new Set([model, ...path]).size).toBe(path.length + 1);
        path.forEach((hop, index) => {
          const failedBefore = [model, ...path.slice(0, index)];
          const named = failedBefore.flatMap(
            (failed) => fallbacksOf(rules, [failed], kindOf(failed)).fallbacks,
          );
          expect(named.map((fallback) => fallback.model)).toContain(hop);
        });
      }),
    );
  });

  it('keeps the order of the list when the fallbacks have none themselves', () => {
    fc.assert(
      fc.property(fc.array(name), fc.integer({ min: 0, max: 8 }), (list, maxFallbacks) => {
        const rules = rulesFrom({ start: list, '*': [] }, { maxFallbacks });
        expect(visits(rules, 'start')).toEqual([...new Set(list)].slice(0, maxFallbacks));
      }),
    );
  });
});
