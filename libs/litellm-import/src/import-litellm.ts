import { AdminApi, type AdminApiOptions } from './admin-api.js';
import { endUsers } from './end-users.js';
import { importRecords, type ImportContext } from './import-records.js';
import type { ImportReport, KindReport, LeftOutColumn } from './import-report.js';
import { keys } from './keys.js';
import { readBudgets } from './limit-fields.js';
import { LitellmDatabase } from './litellm-database.js';
import { members } from './members.js';
import type { RecordKind } from './record-kind.js';
import { sharedBudgets } from './shared-budgets.js';
import { tags } from './tags.js';
import { teams } from './teams.js';
import { users } from './users.js';

export interface ImportOptions {
  /** LiteLLM's Postgres; only read. */
  readonly databaseUrl: string;
  /** The Signalbox that takes the records. */
  readonly target: AdminApiOptions;
  readonly isDryRun: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Runs one step of the work and shows it. */
  readonly step: <Result>(
    title: string,
    work: (say: (text: string) => void) => Promise<Result>,
  ) => Promise<Result>;
}

/** Tables whose rows are carried over inside of other records. */
const carriedOver = ['LiteLLM_ModelTable'];

/**
 * Copies end users, users, teams, members and keys of LiteLLM's proxy through Signalbox' admin API: what it takes is
 * checked, written down and announced like any other change. May be run again and again: what is the same is left alone.
 * @throws ImportFailure
 */
export async function importLitellm(options: ImportOptions): Promise<ImportReport> {
  const { step, isDryRun } = options;
  const api = new AdminApi(options.target);
  const database = await step("LiteLLM's database", () => LitellmDatabase.open(options.databaseUrl));
  try {
    const leftOut = new Map<string, LeftOutColumn>();
    const reports: KindReport[] = [];
    const copy = async (kind: RecordKind): Promise<KindReport> => {
      const report = await step(kind.title, async (say) => {
        const context: ImportContext = { database, api, isDryRun, leftOut, say };
        const done = await importRecords(kind, context);
        return { ...done, remark: `${done.read} read` };
      });
      reports.push(report);
      return report;
    };
    await copyAll(database, options.now, copy);
    const read = new Set([...carriedOver, ...reports.map(({ table }) => table)]);
    const otherTables = new Map([...database.tables].filter(([table, rows]) => rows > 0 && !read.has(table)));
    return { isDryRun, kinds: reports, leftOut: [...leftOut.values()], otherTables };
  } finally {
    await database.close();
  }
}

/** Keys last: none works before all that bounds it is there. */
async function copyAll(
  database: LitellmDatabase,
  now: number,
  copy: (kind: RecordKind) => Promise<KindReport>,
): Promise<void> {
  const budgets = await readBudgets(database);
  const aliases = new Map<string, unknown>();
  for await (const row of database.rows('LiteLLM_ModelTable', 'id'))
    aliases.set(String(row['id']), row['aliases']);
  await copy(sharedBudgets);
  await copy(tags(budgets));
  await copy(endUsers(budgets));
  const { skipped } = await copy(users());
  const skippedUsers = new Set(skipped.flatMap(({ id }) => id ?? []));
  const places = new Set<string>();
  await copy(teams({ budgets, aliases, places, skippedUsers }));
  await copy(members({ budgets, places }));
  await copy(keys({ budgets, skippedUsers, now }));
}
