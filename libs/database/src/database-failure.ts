import { Prisma } from './generated/client.js';

/**
 * What went wrong in a query, as far as a caller can act on it.
 * - `duplicate`: a unique value exists already; `missing`: the row, or a row it points to, does not exist;
 * - `invalid`: Postgres cannot store the value (too long, a NUL character);
 * - `unavailable`: Postgres is away, too slow or too busy; the same query may succeed later;
 * - `unexpected`: our own mistake.
 */
export type DatabaseFailure = 'duplicate' | 'missing' | 'invalid' | 'unavailable' | 'unexpected';

const PRISMA_CODES: Readonly<Record<string, DatabaseFailure>> = {
  P2000: 'invalid',
  P2002: 'duplicate',
  P2003: 'missing',
  P2023: 'invalid',
  P2025: 'missing',
};
/** Connections, the pool and transactions in time-out or dead-lock; see Prisma's error reference. */
const UNAVAILABLE_PRISMA_CODE = /^(P10\d\d|P2024|P2028|P2034|P2037)$/;
/** What Prisma has no code of its own for, it quotes with Postgres' code, or `N/A` without an answer of Postgres. */
const QUOTED_SQL_STATE = /Code: `([^`]*)`/;
/** Data exceptions: text that the encoding does not know, or that is too long. */
const INVALID_SQL_STATE = '22';
/** Connection lost, serialisation and dead-lock, out of resources, stopped by an operator or a time-out. */
const UNAVAILABLE_SQL_STATE = /^(08|40|53|57|N\/A)/;
const OWN_MISTAKES = [Prisma.PrismaClientValidationError, TypeError, RangeError, SyntaxError, ReferenceError];

/** Judges an error thrown by a query. What Prisma does not wrap came from the connection or the pool. */
export function databaseFailure(error: unknown): DatabaseFailure {
  if (error instanceof Prisma.PrismaClientKnownRequestError) return judgePrismaError(error);
  return OWN_MISTAKES.some((kind) => error instanceof kind) ? 'unexpected' : 'unavailable';
}

function judgePrismaError({ code, message }: Prisma.PrismaClientKnownRequestError): DatabaseFailure {
  if (UNAVAILABLE_PRISMA_CODE.test(code)) return 'unavailable';
  const known = PRISMA_CODES[code];
  if (known !== undefined) return known;
  const sqlState = QUOTED_SQL_STATE.exec(message)?.[1] ?? '';
  if (sqlState.startsWith(INVALID_SQL_STATE)) return 'invalid';
  return UNAVAILABLE_SQL_STATE.test(sqlState) ? 'unavailable' : 'unexpected';
}

/** Name of the unique constraint a `duplicate` violates, as in prisma/migrations. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof Error ? /on the constraint: `([^`]+)`/.exec(error.message)?.[1] : undefined;
}
