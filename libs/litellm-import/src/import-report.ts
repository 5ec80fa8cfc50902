/** Somebody, and what there is to say. */
export interface Remark {
  readonly label: string;
  readonly text: string;
}

/** Somebody who was not copied, and why. */
export interface Skipped extends Remark {
  /** Absent when even that cannot be read. */
  readonly id?: string | undefined;
}

/** What became of the records of one kind. In a dry run: what would. */
export interface KindReport {
  readonly title: string;
  readonly table: string;
  read: number;
  made: number;
  changed: number;
  same: number;
  readonly skipped: Skipped[];
  /** Of those that were copied: what is other here. */
  readonly remarks: Remark[];
}

/** A column that was not copied although it says something. */
export interface LeftOutColumn {
  readonly table: string;
  /** `spend`, or `metadata.guardrails`. */
  readonly column: string;
  rows: number;
  /** Whether it bounded somebody in LiteLLM. */
  readonly bounds: boolean;
}

export interface ImportReport {
  readonly isDryRun: boolean;
  readonly kinds: readonly KindReport[];
  readonly leftOut: readonly LeftOutColumn[];
  /** Tables that are not read, with their rows. */
  readonly otherTables: ReadonlyMap<string, number>;
}

/** A report as people read it. */
export function formatReport({ isDryRun, kinds, leftOut, otherTables }: ImportReport): string {
  const skipped = kinds.flatMap((kind) => kind.skipped);
  const remarks = kinds.flatMap((kind) => kind.remarks);
  const columns = (bounds: boolean) =>
    leftOut
      .filter((column) => column.bounds === bounds)
      .map(({ table, column, rows }) => `${table}.${column} (${countOf(rows)})`);
  return [
    ...countTable(kinds),
    section('Skipped', skipped.map(formatRemark)),
    section('Copied, but other than there', remarks.map(formatRemark)),
    section('Left out although they bound somebody in LiteLLM (set something in their place)', columns(true)),
    section('Left out, for there is no use for them here', columns(false)),
    section(
      'Tables that are not copied',
      [...otherTables].map(([table, rows]) => `${table} (${countOf(rows)})`),
    ),
    '',
    verdict(kinds, isDryRun),
  ]
    .flat()
    .join('\n');
}

/** Enough to see what is wrong; a whole database of the same is not read by anybody. */
const MOST_LINES = 200;

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - MOST_LINES;
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line}`);
  return ['', `${title}:`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function formatRemark({ label, text }: Remark): string {
  return `${label}: ${text}`;
}

function countOf(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

function countTable(kinds: readonly KindReport[]): string[] {
  const head = ['', 'read', 'new', 'changed', 'same', 'skipped'];
  const rows = kinds.map(({ title, read, made, changed, same, skipped }) => [
    title,
    ...[read, made, changed, same, skipped.length].map(String),
  ]);
  const width = Math.max(...kinds.map(({ title }) => title.length));
  return [head, ...rows].map(([title = '', ...counts]) =>
    [title.padEnd(width), ...counts.map((count) => count.padStart(8))].join(' ').trimEnd(),
  );
}

function verdict(kinds: readonly KindReport[], isDryRun: boolean): string {
  const touched = kinds.reduce((sum, { made, changed }) => sum + made + changed, 0);
  if (touched === 0) return 'Nothing to change: all that can be copied is here as it is there.';
  if (isDryRun) return `Nothing was changed: this was a dry run. New or changed would be: ${touched}.`;
  return `New or changed: ${touched}. Every gateway knows.`;
}
