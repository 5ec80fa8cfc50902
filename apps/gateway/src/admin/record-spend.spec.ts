import { fault, type KeyRow, usageReport, usageSpend } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { beforeEach, describe, expect, it } from 'vitest';
import { exampleRow } from './key-bodies.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';

// Fake: the bus, which knows what two keys spent, or answers nothing.

const inLedger = new Map([
  ['one', 3e9],
  ['before-one', 4e9],
  ['one-of-601', 5e9],
]);
let isAway: (subject: string) => boolean;
let asked: { readonly subject: string; readonly size: number }[];

interface Asked {
  readonly budgets?: readonly { readonly id: string }[];
  readonly where?: { readonly key_hash: readonly string[] };
}

const bus = {
  call: ({ subject }: { subject: string }, { budgets = [], where }: Asked) => {
    const ids = where?.key_hash ?? [];
    asked.push({ subject, size: budgets.length + ids.length });
    if (isAway(subject)) return Promise.resolve({ ok: false, fault: fault('usage_unavailable') });
    const rows = ids
      .filter((id) => inLedger.has(id))
      .map((id) => ({ by: [id], sums: { nano_dollars: inLedger.get(id) } }));
    const nanoDollars = budgets.map(({ id }) => (id === 'with-budget' ? 9e9 : 0));
    return Promise.resolve({ ok: true, value: subject === usageSpend.subject ? { nanoDollars } : { rows } });
  },
};
const spend = new RecordSpend(bus as unknown as Bus);
const key = (token: string, more: Partial<KeyRow> = {}): KeyRow => ({ ...exampleRow, token, ...more });
const spentBy = async (...rows: KeyRow[]) => (await spend.of(keySpender, rows)).map((row) => row.spend);

beforeEach(() => {
  isAway = () => false;
  asked = [];
});

describe('what was spent', () => {
  it('is what the budget counts for who has one, and what the ledger has for the others', async () => {
    const rows = [key('one'), key('with-budget', { max_budget: 10 }), key('of-nothing')];
    expect(await spentBy(...rows)).toEqual([3, 9, 0]);
  });

  it('is that of a key under all its values', async () => {
    expect(await spentBy(key('one', { ledger_id: 'before-one', past_tokens: ['before-one'] }))).toEqual([7]);
  });

  it('is asked of a page in few questions, and of nobody in none', async () => {
    const page = Array.from({ length: 601 }, (_, index) => key(index === 600 ? 'one-of-601' : `no-${index}`));
    expect((await spentBy(...page)).at(-1)).toBe(5);
    expect(asked.map(({ size }) => size)).toEqual([500, 101]);
    asked = [];
    expect(await spentBy()).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is null while nobody knows, for those of whom it is not known', async () => {
    const rows = [key('one'), key('with-budget', { max_budget: 10 })];
    isAway = (subject) => subject === usageReport.subject;
    expect(await spentBy(...rows)).toEqual([null, 9]);
    isAway = (subject) => subject === usageSpend.subject;
    expect(await spentBy(...rows)).toEqual([3, null]);
  });

  it('is not lowered unseen while nobody knows', async () => {
    isAway = () => true;
    const row = key('with-budget', { max_budget: 10 });
    await expect(spend.lower(keySpender, row, 0)).rejects.toMatchObject({
      fault: { code: 'usage_unavailable' },
    });
    await expect(spend.ofBudgets(keySpender, row)).rejects.toMatchObject({
      fault: { code: 'usage_unavailable' },
    });
  });
});
