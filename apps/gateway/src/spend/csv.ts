/** One line of a table; all lines of a table have the same columns. */
export type TableRow = Readonly<Record<string, string | number | boolean | null>>;

/** A table as RFC 4180 writes it, the names of its columns first; no rows, no names. */
export function csvOf(rows: readonly TableRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = Object.keys(first);
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? null)).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** What a spreadsheet would take for a formula: tags and end users are named by whoever calls. */
const formula = /^[=+\-@\t\r]/;

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
