import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { actAs } from './acting.js';
import { actorOf } from './actor-of.js';

/** Runs every admin route in the name of whoever asks, so that no handler needs to pass it on. */
@Injectable()
export class ActorInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return actAs(actorOf(request), () => next.handle());
  }
}
