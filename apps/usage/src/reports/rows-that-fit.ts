/** Of the rows of one answer; a message holds 1 MB unless the broker is configured otherwise. */
const mostBytes = 800_000;

/** As many rows as fit into one message. */
export function rowsThatFit<Row>(rows: readonly Row[]): Row[] {
  let bytes = 0;
  const end = rows.findIndex((row) => (bytes += Buffer.byteLength(JSON.stringify(row))) > mostBytes);
  return rows.slice(0, end === -1 ? rows.length : Math.max(1, end));
}
