import { errorEnvelope, httpFailureOf } from '@signalbox/calls';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { errorEntry, fault, type ErrorCode } from '@signalbox/contracts';

/** Documents error answers with the envelope a client will see; several codes of one status share an entry. */
export function DocumentErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorEntry(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus].map(([status, sameStatus]) =>
    ApiResponse({
      status,
      description: sameStatus.map((code) => `\`${code}\``).join(', '),
      content: {
        'application/json': {
          examples: Object.fromEntries(
            sameStatus.map((code) => [
              code,
              { value: errorEnvelope(httpFailureOf(fault(code), 'signalbox')) },
            ]),
          ),
        },
      },
    }),
  );
  return applyDecorators(...responses);
}
