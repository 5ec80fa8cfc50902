import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { NatsContext } from '@nestjs/microservices';
import {
  ACTOR_HEADER,
  ActorSchema,
  identityAuthenticate,
  identityEndUser,
  identityTagLimits,
  type Actor,
} from '@signalbox/contracts';
import { actAs } from './acting.js';

/** Asked for calls, in nobody's name: an end user that is met for the first time is no operator's change. */
const onThePathOfCalls: ReadonlySet<string> = new Set([
  identityAuthenticate.subject,
  identityEndUser.subject,
  identityTagLimits.subject,
]);

/** Who asks when nobody says so, as a gateway of an earlier release does not. */
const unknown: Actor = { changedBy: 'unknown' };

/**
 * Runs everything that is asked of this service in the name of whoever asks, but for what calls need. A handler can
 * neither forget it nor get around it: what it writes, Postgres writes down as that actor's.
 */
@Injectable()
export class ActorInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const message = context.switchToRpc().getContext<NatsContext>();
    if (onThePathOfCalls.has(message.getSubject())) return next.handle();
    return actAs(actorOf(message), () => next.handle());
  }
}

/** Nest leaves headers untyped: NATS has them in an object of its own, or not at all. */
interface Headers {
  get(name: string): string;
}

function actorOf(message: NatsContext): Actor {
  const headers = message.getHeaders() as Headers | undefined;
  const said = headers?.get(ACTOR_HEADER) ?? '';
  return said === '' ? unknown : ActorSchema.parse(JSON.parse(said));
}
