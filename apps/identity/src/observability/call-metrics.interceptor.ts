import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { NatsContext } from '@nestjs/microservices';
import { FaultError } from '@signalbox/contracts';
import { durationHistogram } from '@signalbox/platform';
import { tap, type Observable } from 'rxjs';

/** Measures every call this service answers, by subject and outcome (`ok` or the fault's code). */
@Injectable()
export class CallMetricsInterceptor implements NestInterceptor {
  private readonly durations = durationHistogram(
    'signalbox_identity_call_duration',
    'Time to answer a call on the bus',
  );

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const startedAt = performance.now();
    const subject = context.switchToRpc().getContext<NatsContext>().getSubject();
    const record = (outcome: string): void => {
      this.durations.record((performance.now() - startedAt) / 1_000, { subject, outcome });
    };
    return next.handle().pipe(
      tap({
        next: () => {
          record('ok');
        },
        error: (error: unknown) => {
          record(error instanceof FaultError ? error.fault.code : 'internal_error');
        },
      }),
    );
  }
}
