import { Inject, Injectable } from '@nestjs/common';
import { usageSummary, valueOf, type CallContract } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { z } from 'zod';
import { BUS } from '../gateway.tokens.js';
import { actorHeaders } from './acting.js';

/** Asks the services that keep the records; their faults are thrown and become HTTP answers in one place. */
@Injectable()
export class AdminCalls {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  async identity<Request extends z.ZodType, Value extends z.ZodType>(
    contract: CallContract<Request, Value>,
    request: z.input<Request>,
  ): Promise<z.output<Value>> {
    const options = { unavailable: 'identity_unavailable', headers: actorHeaders() } as const;
    return valueOf(await this.bus.call(contract, request, options));
  }

  async usage(): Promise<z.output<typeof usageSummary.value>> {
    return valueOf(await this.bus.call(usageSummary, {}, { unavailable: 'usage_unavailable' }));
  }
}
