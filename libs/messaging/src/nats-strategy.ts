import {
  NatsContext,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import { FaultError } from '@signalbox/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Bus } from './bus.js';
import type { Intake } from './bus-context.js';
import type { BusStatus } from './connection-status.js';
import type { Route } from './handlers.js';

export interface NatsStrategyOptions {
  readonly bus: Bus;
  /** Queue group of the service's answers: every request goes to one replica. */
  readonly queue: string;
}

interface RoutedHandler {
  readonly route: Route;
  readonly run: (payload: unknown, context: NatsContext) => Promise<unknown>;
}

/**
 * Lets Nest controllers answer and listen on the bus: methods with `@Answers`, `@Listens` and `@Consumes` are ordinary
 * Nest handlers with injection, guards, interceptors and filters. Messages are taken from `listen` on; `close` takes
 * nothing new and waits for what has begun. The connection stays open, it belongs to whoever made the bus.
 */
export class NatsStrategy
  extends Server<Record<string, (status: BusStatus) => void>, BusStatus>
  implements CustomTransportStrategy
{
  /** Failures reach us, so that a stream event whose handler failed comes again. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly handlers: RoutedHandler[] = [];
  private intakes: Intake[] = [];
  private stopStatus: (() => void) | undefined;

  constructor(private readonly options: NatsStrategyOptions) {
    super();
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler<unknown, NatsContext, unknown>,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const route = extras['route'] as Route | undefined;
    if (route === undefined) {
      throw new Error(
        `The handler of ${JSON.stringify(pattern)} has no contract: use @Answers, @Listens or @Consumes.`,
      );
    }
    const isTaken = this.handlers.some((other) => other.route.contract === route.contract);
    if (!isEventHandler && isTaken) {
      throw new Error(`Two handlers answer ${route.contract.subject}.`);
    }
    callback.isEventHandler = isEventHandler;
    callback.extras = extras;
    this.handlers.push({ route, run: (payload, context) => settle(callback(payload, context)) });
  }

  override listen(callback: (error?: unknown) => void): void {
    void this.open().then(() => {
      callback();
    }, callback);
  }

  override async close(): Promise<void> {
    const intakes = this.intakes;
    this.intakes = [];
    this.stopStatus?.();
    await Promise.allSettled(intakes.map((intake) => intake.stop()));
  }

  override on(_event: string, callback: (status: BusStatus) => void): void {
    this.options.bus.onStatus(callback);
  }

  override unwrap(): never {
    throw new Error('The connection is not handed out: use the bus this strategy was made with.');
  }

  private async open(): Promise<void> {
    const { bus } = this.options;
    this.stopStatus = bus.onStatus((status) => {
      this._status$.next(status);
    });
    for (const handler of this.handlers) this.intakes.push(await this.take(handler));
    await bus.flush();
  }

  private take({ route, run }: RoutedHandler): Intake | Promise<Intake> {
    const { bus, queue } = this.options;
    const { contract } = route;
    const contextOf = (headers?: unknown): NatsContext => new NatsContext([contract.subject, headers]);
    if ('options' in route) {
      return bus.consume(route.contract, route.options, (events) => run(events, contextOf()));
    }
    if (contract.kind === 'event') {
      return bus.listen(contract, (event, info) => run(event, contextOf(info.headers)));
    }
    if (contract.kind === 'call') {
      return bus.answer(contract, queue, (request, info) => run(request, contextOf(info.headers)));
    }
    throw new Error(`The consumer of ${contract.subject} has no durable name.`);
  }
}

/** Nest hands a result, an observable of one, or, when its filters have seen the exception, an observable that fails. */
async function settle(outcome: unknown): Promise<unknown> {
  const result: unknown = await outcome;
  if (!isObservable(result)) return result;
  try {
    return await lastValueFrom(result, { defaultValue: undefined });
  } catch (error) {
    if (error instanceof FaultError || error instanceof Error) throw error;
    // Nest's filter has logged the exception and left a plain object without detail.
    throw new Error('The handler failed; its exception was logged by the framework.', { cause: error });
  }
}
