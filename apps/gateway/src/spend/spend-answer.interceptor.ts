import { Readable } from 'node:stream';
import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map } from 'rxjs';
import { csvOf, csvParts, type TableRow } from './csv.js';

/** What a route about spend answers: LiteLLM's JSON, and the same as a table for those who want CSV. */
export interface SpendAnswer {
  readonly json: object;
  /** One that is longer than a process should hold comes in parts, which are asked for as the client reads them. */
  readonly table: () => readonly TableRow[] | AsyncIterable<readonly TableRow[]>;
}

/** Answers CSV to `?format=csv` and to `accept: text/csv`, else JSON. */
@Injectable()
export class SpendAnswerInterceptor implements NestInterceptor<SpendAnswer> {
  intercept(context: ExecutionContext, next: CallHandler<SpendAnswer>) {
    const http = context.switchToHttp();
    const isCsv = wantsCsv(http.getRequest<FastifyRequest>());
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ json, table }) => {
        if (!isCsv) return json;
        void reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="spend.csv"');
        const rows = table();
        return Symbol.asyncIterator in rows ? new StreamableFile(Readable.from(csvParts(rows))) : csvOf(rows);
      }),
    );
  }
}

function wantsCsv({ query, headers }: FastifyRequest): boolean {
  const { format } = query as { format?: unknown };
  return format === 'csv' || (format === undefined && headers.accept?.startsWith('text/csv') === true);
}
