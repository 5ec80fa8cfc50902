/** One line of a table; all lines of a table have the same columns. */
export type TableRow = Readonly<Record<string, string | number | boolean | null>>;

/** A table as RFC 4180 writes it, the names of its columns first; no rows, no names. */
export function csvOf(rows: readonly TableRow[]): string {
  return namesOf(rows) + linesOf(rows);
}

/** The same of a table that comes in parts. */
export async function* csvParts(parts: AsyncIterable<readonly TableRow[]>): AsyncGenerator<string> {
  let hasNames = false;
  for await (const rows of parts) {
    yield (hasNames ? '' : namesOf(rows)) + linesOf(rows);
    hasNames ||= rows.length > 0;
  }
}

function namesOf([first]: readonly TableRow[]): string {
  return first === undefined ? '' : `${Object.keys(first).join(',')}\r\n`;
}

function linesOf(rows: readonly TableRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return rows.map((row) => `${columns.map((column) => cell(row[column] ?? null)).join(',')}\r\n`).join('');
}

/** What a spreadsheet would take for a formula: tags and end users are named by whoever calls. */
const formula = /^[=+\-@\t\r]/;

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
