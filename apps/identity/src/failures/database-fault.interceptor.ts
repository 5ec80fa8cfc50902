import { Inject, Injectable, type CallHandler, type NestInterceptor } from '@nestjs/common';
import { fault, FaultError, type ErrorCode } from '@signalbox/contracts';
import { databaseFailure, type DatabaseFailure } from '@signalbox/database';
import type { Logger } from '@signalbox/platform';
import { catchError, throwError, type Observable } from 'rxjs';
import { LOGGER } from '../identity.tokens.js';

/** What a caller hears of a failed query that no service had a better word for. */
const codes: Readonly<Record<DatabaseFailure, ErrorCode>> = {
  duplicate: 'already_exists',
  missing: 'record_not_found',
  invalid: 'validation_error',
  unavailable: 'identity_unavailable',
  unexpected: 'internal_error',
};

/**
 * The one place where failed queries become faults. Above all: a Postgres that is away is
 * `identity_unavailable`, never an unknown key or an end user without restrictions.
 */
@Injectable()
export class DatabaseFaultInterceptor implements NestInterceptor {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => this.asFault(error))));
  }

  private asFault(error: unknown): FaultError {
    if (error instanceof FaultError) return error;
    const failure = databaseFailure(error);
    if (failure === 'unavailable') this.logger.warn({ error }, 'Postgres does not answer');
    if (failure === 'unexpected') this.logger.error({ error }, 'a query failed');
    return new FaultError(fault(codes[failure]), { cause: error });
  }
}
