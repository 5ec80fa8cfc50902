// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import { identityTagLimits, tagCreate, tagDelete, tagList, tagRead, tagUpdate } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

async function limits(): Promise<object> {
  const { tags } = await under.ask(identityTagLimits, {});
  return Object.fromEntries(tags.map(({ name, limits: ofTag }) => [name, ofTag]));
}

describe('tags', () => {
  it('are kept and shown with their budget', async () => {
    const made = await under.ask(tagCreate, {
      name: 'engineering',
      description: 'All of R&D',
      max_budget: 500,
      budget_duration: '30d',
    });
    expect(made).toMatchObject({
      name: 'engineering',
      description: 'All of R&D',
      max_budget: 500,
      budget_duration: '30d',
      budget_reset_at: expect.stringMatching(/-01T00:00:00.000Z$/) as string,
    });
    expect(await under.ask(tagRead, { names: ['engineering'] })).toEqual({ rows: [made] });
  });

  it('have a name of their own, which says nothing else', async () => {
    await expect(under.ask(tagCreate, { name: 'engineering' })).rejects.toThrow('already_exists');
    for (const name of ['', '!free', '&free', ' free', 'x'.repeat(257)]) {
      expect(tagCreate.request.safeParse({ name }).success).toBe(false);
    }
  });

  it('keep what an update does not name, and lose what it clears', async () => {
    await under.ask(tagUpdate, { name: 'engineering', rpm_limit: 60, description: null });
    expect(await limits()).toEqual({
      engineering: { rpm: 60, budgets: [{ maxNanoDollars: 500e9, duration: '30d' }] },
    });
    const cleared = await under.ask(tagUpdate, { name: 'engineering', max_budget: null, rpm_limit: null });
    expect(cleared).toMatchObject({ description: null, max_budget: null, rpm_limit: null });
    expect(await limits()).toEqual({});
  });

  it('tell their limits page by page, however many there are', async () => {
    const names = Array.from({ length: 501 }, (_, index) => `project-${index}`);
    for (let first = 0; first < names.length; first += 20) {
      const some = names.slice(first, first + 20);
      await Promise.all(
        some.map((name, index) => under.ask(tagCreate, { name, ...(index % 2 && { rpm_limit: 1 }) })),
      );
    }
    const told: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: z.output<typeof identityTagLimits.value> = await under.ask(identityTagLimits, { after });
      told.push(...page.tags.map(({ name }) => name));
      after = page.next;
    }
    expect(told.toSorted()).toEqual(names.filter((_, index) => index % 2).toSorted());
    const { rows, total } = await under.ask(tagList, { page: 2, size: 500 });
    expect([rows.length, total]).toEqual([2, 502]);
  }, 60_000);

  it('are announced with every change, and gone when they are deleted', async () => {
    await under.announced();
    await under.ask(tagUpdate, { name: 'project-1', rpm_limit: 2 });
    await under.ask(tagDelete, { name: 'project-1' });
    expect((await under.announced()).map(({ tagNames }) => tagNames)).toEqual([['project-1'], ['project-1']]);
    await expect(under.ask(tagDelete, { name: 'project-1' })).rejects.toThrow('record_not_found');
    await expect(under.ask(tagRead, { names: ['engineering', 'project-1'] })).rejects.toThrow(
      'record_not_found',
    );
    await expect(under.ask(tagUpdate, { name: 'project-1' })).rejects.toThrow('record_not_found');
    expect(await limits()).not.toHaveProperty('project-1');
  });
});
