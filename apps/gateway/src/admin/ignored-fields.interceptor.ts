import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ignoredFields } from './ignored-fields.js';

export const IGNORED_FIELDS_HEADER = 'x-signalbox-ignored-fields';

/** The schema that the body of a route is read with. */
export const BodySchema = Reflector.createDecorator<z.ZodType>();

/**
 * LiteLLM's clients send fields we have no use for, and LiteLLM swallows misspelt ones: a restriction under
 * the wrong name is no restriction, and nobody is told. We take the request and name what was ignored.
 */
@Injectable()
export class IgnoredFieldsInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    const schema = this.reflector.get(BodySchema, context.getHandler()) as z.ZodType | undefined;
    if (schema !== undefined) {
      const http = context.switchToHttp();
      const { body } = http.getRequest<FastifyRequest>();
      const read = schema.safeParse(body);
      const ignored = read.success ? ignoredFields(body, read.data) : [];
      if (ignored.length > 0) {
        void http.getResponse<FastifyReply>().header(IGNORED_FIELDS_HEADER, ignored.join(','));
      }
    }
    return next.handle();
  }
}
