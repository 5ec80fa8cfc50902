import { changedFields } from './changed-fields.js';
import type { AdminApi, JsonObject, Refusal } from './admin-api.js';
import { objectOf, spokenColumns } from './conversion.js';
import type { KindReport, LeftOutColumn } from './import-report.js';
import type { LitellmDatabase, LitellmRow } from './litellm-database.js';
import type { RecordKind } from './record-kind.js';

export interface ImportContext {
  readonly database: LitellmDatabase;
  readonly api: AdminApi;
  readonly isDryRun: boolean;
  /** Collects what was left out, by table and column. */
  readonly leftOut: Map<string, LeftOutColumn>;
  readonly say: (text: string) => void;
}

/** Admin calls under way at the same time. */
const AT_ONCE = 8;
const TELL_EVERY = 5_000;

/** Copies all records of a kind: makes those that are missing, changes those that are other. */
export async function importRecords(kind: RecordKind, context: ImportContext): Promise<KindReport> {
  const { database, say } = context;
  const { title, table } = kind;
  const report: KindReport = {
    title,
    table,
    read: 0,
    made: 0,
    changed: 0,
    same: 0,
    skipped: [],
    remarks: [],
  };
  const total = database.tables.get(table) ?? 0;
  if (total === 0) return report;
  const present = new Map<string, JsonObject>();
  for await (const { id, fields } of kind.list(context.api)) present.set(id, fields);
  const rows = database.rows(table, kind.orderBy);
  const work = async (): Promise<void> => {
    for await (const row of rows) {
      report.read += 1;
      if (report.read % TELL_EVERY === 0) say(`${report.read} of ${total} ${title}`);
      noteLeftOut(kind, row, context.leftOut);
      await importRecord(kind, row, { present, report, context });
    }
  };
  // An async generator serves whoever asks in turn.
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return report;
}

interface Run {
  readonly present: ReadonlyMap<string, JsonObject>;
  readonly report: KindReport;
  readonly context: ImportContext;
}

async function importRecord(
  kind: RecordKind,
  row: LitellmRow,
  { present, report, context }: Run,
): Promise<void> {
  const converted = kind.convert(row);
  const { label } = converted;
  if ('skipped' in converted) {
    report.skipped.push({ id: converted.id, label, text: converted.skipped });
    return;
  }
  for (const text of converted.remarks) report.remarks.push({ label, text });
  const { id, fields } = converted;
  const known = present.get(id);
  const send = senderOf(kind, id, known !== undefined, context);
  const wanted = known === undefined ? saidFields(fields) : changesOf(kind, known, fields);
  const outcome = await sendSparing(kind, wanted, send);
  for (const { field, message } of outcome.spared) {
    report.remarks.push({ label, text: `without its ${field}: ${message}` });
  }
  const refused =
    outcome.refusal === undefined ? undefined : await refusedRecord(kind, known, send, outcome.refusal);
  if (refused?.isSkipped === true) {
    report.skipped.push({ id, label, text: refused.text });
    return;
  }
  if (refused !== undefined) report.remarks.push({ label, text: refused.text });
  if (known === undefined) report.made += 1;
  else if (refused?.isSame ?? Object.keys(outcome.sent).length === 0) report.same += 1;
  else report.changed += 1;
}

type Send = (fields: JsonObject) => Promise<Refusal | undefined>;

function senderOf(kind: RecordKind, id: string, isKnown: boolean, { api, isDryRun }: ImportContext): Send {
  return async (fields) => {
    if (isDryRun || (isKnown && Object.keys(fields).length === 0)) return undefined;
    return isKnown
      ? api.send(kind.updatePath, kind.updateBody(id, fields))
      : api.send(kind.newPath, kind.newBody(id, fields));
  };
}

/** Sends the fields, and again without those that were refused and can be done without. */
async function sendSparing(kind: RecordKind, wanted: JsonObject, send: Send) {
  const spared: { field: string; message: string }[] = [];
  let sent = wanted;
  for (;;) {
    const refusal = await send(sent);
    const field = kind.expendable.find((name) => name === refusal?.param && name in sent);
    if (refusal === undefined || field === undefined) return { sent, spared, refusal };
    spared.push({ field, message: refusal.message });
    sent = without(sent, field);
  }
}

/** What becomes of a record that the API refuses: the least that bounds it as much, or nothing. */
async function refusedRecord(
  kind: RecordKind,
  known: JsonObject | undefined,
  send: Send,
  { message }: Refusal,
): Promise<{ isSkipped: boolean; isSame: boolean; text: string }> {
  if (kind.refused === undefined) return { isSkipped: true, isSame: false, text: message };
  const wanted = known === undefined ? kind.refused : changesOf(kind, known, kind.refused);
  const again = await send(wanted);
  if (again !== undefined) return { isSkipped: true, isSame: false, text: again.message };
  const text = `blocked, for its record was refused: ${message}`;
  return { isSkipped: false, isSame: Object.keys(wanted).length === 0, text };
}

function changesOf(kind: RecordKind, known: JsonObject, fields: JsonObject): JsonObject {
  return kind.fixed.reduce(without, changedFields(known, fields));
}

/** For a new record, what says nothing need not be said. */
function saidFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function without(fields: JsonObject, left: string): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== left));
}

function noteLeftOut(kind: RecordKind, row: LitellmRow, leftOut: Map<string, LeftOutColumn>): void {
  const metadata = objectOf(row['metadata']);
  const columns = spokenColumns(row).filter((name) => !kind.takenColumns.includes(name));
  const inMetadata = kind.boundingMetadata.filter((name) => spokenColumns(metadata).includes(name));
  for (const column of columns) note(leftOut, kind.table, column, kind.boundingColumns.includes(column));
  for (const name of inMetadata) note(leftOut, kind.table, `metadata.${name}`, true);
}

function note(leftOut: Map<string, LeftOutColumn>, table: string, column: string, bounds: boolean): void {
  const name = `${table}.${column}`;
  const known = leftOut.get(name) ?? { table, column, rows: 0, bounds };
  known.rows += 1;
  leftOut.set(name, known);
}
