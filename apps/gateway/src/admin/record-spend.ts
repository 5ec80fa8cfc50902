import { Inject, Injectable } from '@nestjs/common';
import { usageLowerSpend, usageReport, usageSpend, valueOf, type Spending } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { BUS } from '../gateway.tokens.js';
import type { Spender } from './spenders.js';
import { budgetDurations, hasBudget, spentDollars, type Spent } from './spent-limits.js';

/** So many answers fit into one message, however long the ids are. */
const idsAtOnce = 500;
/** As many as the contract takes. */
const budgetsAtOnce = 100;
/** A list is rather shown without what was spent than late. */
const options = { unavailable: 'usage_unavailable', deadlineMs: 3_000 } as const;

/**
 * Says what was spent by those whom records are about: in the present window of their budget, paid and reserved; by who has
 * none, all that the ledger knows of. Nobody is kept from a record because that cannot be known now: it is null then.
 */
@Injectable()
export class RecordSpend {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  /** The records with what was spent, in their order. */
  async of<Known, Row extends Known>(spender: Spender<Known>, rows: readonly Row[]): Promise<Spent<Row>[]> {
    const budgets = rows.map((row) => spendings(spender, row));
    const withoutBudget = rows.filter((row) => !hasBudget(spender.limits(row)));
    const [inBudgets, inLedger] = await Promise.all([
      this.inBudgets(budgets.flat()),
      this.inLedger(spender, [...new Set(withoutBudget.flatMap(spender.ledgerIds))]),
    ]);
    return rows.map((row, index) => {
      const ofBudgets = (budgets[index] ?? []).map((budget) => inBudgets.get(budget) ?? null);
      const inAll = sum(spender.ledgerIds(row).map((id) => inLedger.get(id)));
      return { ...row, ...spentDollars(spender.limits(row), ofBudgets, inAll) };
    });
  }

  /** The same of one. */
  async ofOne<Known, Row extends Known>(spender: Spender<Known>, row: Row): Promise<Spent<Row>> {
    const [spent] = await this.of(spender, [row]);
    if (spent === undefined) throw new Error('as many records come back as were given');
    return spent;
  }

  /**
   * Nano-dollars spent of a record's budgets, in the order of `budgetDurations`.
   * @throws FaultError `usage_unavailable`
   */
  async ofBudgets<Row>(spender: Spender<Row>, row: Row): Promise<number[]> {
    return valueOf(await this.bus.call(usageSpend, { budgets: spendings(spender, row) }, options))
      .nanoDollars;
  }

  /**
   * Lets no more be spent of the record's budgets than so many nano-dollars, and says what was.
   * @throws FaultError `usage_unavailable`
   */
  async lower<Row>(spender: Spender<Row>, row: Row, nanoDollars: number): Promise<number[]> {
    const request = { budgets: spendings(spender, row), nanoDollars };
    return valueOf(await this.bus.call(usageLowerSpend, request, options)).nanoDollars;
  }

  /** Nano-dollars; who is missing is not known now. */
  private async inBudgets(budgets: readonly Spending[]): Promise<Map<Spending, number>> {
    const known = new Map<Spending, number>();
    await inParts(budgets, budgetsAtOnce, async (part) => {
      const reply = await this.bus.call(usageSpend, { budgets: part }, options);
      if (!reply.ok) return;
      for (const [index, budget] of part.entries()) known.set(budget, reply.value.nanoDollars[index] ?? 0);
    });
    return known;
  }

  /** Nano-dollars by id; who is missing is not known now. */
  private async inLedger(
    { part, dimension, where }: Pick<Spender<never>, 'part' | 'dimension' | 'where'>,
    ids: readonly string[],
  ): Promise<Map<string, number>> {
    const known = new Map<string, number>();
    await inParts(ids, idsAtOnce, async (some) => {
      const request = { part, by: [dimension], where: { ...where, [dimension]: some } };
      const reply = await this.bus.call(usageReport, request, options);
      if (!reply.ok) return;
      for (const id of some) known.set(id, 0);
      for (const { by, sums } of reply.value.rows) known.set(by[0] ?? '', sums.nano_dollars);
    });
    return known;
  }
}

function spendings<Row>(spender: Spender<Row>, row: Row): Spending[] {
  const { kind } = spender;
  const id = spender.budgetId(row);
  return budgetDurations(spender.limits(row)).map((duration) => ({
    kind,
    id,
    ...(duration !== null && { duration }),
  }));
}

async function inParts<Item>(
  items: readonly Item[],
  size: number,
  ask: (part: Item[]) => Promise<void>,
): Promise<void> {
  const parts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
  await Promise.all(parts.map(ask));
}

/** Null when one of them is not known. */
function sum(amounts: readonly (number | undefined)[]): number | null {
  return amounts.reduce<number | null>(
    (all, amount) => (all === null || amount === undefined ? null : all + amount),
    0,
  );
}
