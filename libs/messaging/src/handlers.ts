import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import type { CallContract, EventContract, StreamContract } from '@signalbox/contracts';
import type { z } from 'zod';
import type { ConsumeOptions } from './consume.js';
import { FaultFilter } from './fault-filter.js';

/** What a decorated method is for; travels to `NatsStrategy` in the pattern's extras. */
export type Route =
  | { readonly contract: CallContract }
  | { readonly contract: EventContract }
  | { readonly contract: StreamContract; readonly options: ConsumeOptions };

export interface RouteExtras {
  readonly route: Route;
}

type Handler<Input, Output> = (input: Input, ...rest: never[]) => Promise<Output> | Output;
type HandlerDecorator<Method> = <Actual extends Method>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Actual>,
) => void;

/**
 * The method answers a call: it is given the checked request and returns the value or throws a `FaultError`. Any
 * other exception is logged and answered as `internal_error`.
 */
export function Answers<Request extends z.ZodType, Value extends z.ZodType>(
  contract: CallContract<Request, Value>,
): HandlerDecorator<Handler<z.output<Request>, z.input<Value>>> {
  return applyDecorators(MessagePattern(contract.subject, extras({ contract })), UseFilters(FaultFilter));
}

/** The method hears every event of a contract, in every process that has it. */
export function Listens<Event extends z.ZodType>(
  contract: EventContract<Event>,
): HandlerDecorator<Handler<z.output<Event>, unknown>> {
  return onEvent(contract, { contract });
}

/**
 * The method takes the events of a stream, a batch at a time and at least once each; they are acknowledged when it
 * has resolved and come again when it has thrown. Processes with the same durable name share the work.
 */
export function Consumes<Event extends z.ZodType>(
  contract: StreamContract<Event>,
  options: ConsumeOptions,
): HandlerDecorator<Handler<z.output<Event>[], unknown>> {
  return onEvent(contract, { contract, options });
}

function onEvent({ subject }: EventContract | StreamContract, route: Route): MethodDecorator {
  // Nest types this decorator by the payload, which the contract already does.
  return applyDecorators(EventPattern(subject, extras(route)) as MethodDecorator, UseFilters(FaultFilter));
}

function extras(route: Route): Record<keyof RouteExtras, Route> {
  return { route };
}
