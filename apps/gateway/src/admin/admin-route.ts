import { applyDecorators, HttpCode, UseInterceptors, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { ErrorCode } from '@signalbox/contracts';
import { z } from 'zod';
import { DocumentErrors } from '../errors/error-documentation.js';
import { ActorInterceptor } from './actor.interceptor.js';
import { adminValidation } from './admin-validation.js';
import { BodySchema, IGNORED_FIELDS_HEADER, IgnoredFieldsInterceptor } from './ignored-fields.interceptor.js';

interface AdminRouteOptions {
  readonly summary: string;
  /** What a route that takes a body reads it with, and an example of it. */
  readonly body?: { readonly schema: z.ZodType; readonly example: object };
  /** Names and meanings of the query's fields. */
  readonly query?: Readonly<Record<string, string>>;
  readonly answer: object;
  readonly errors?: readonly ErrorCode[];
}

/** For a controller of admin routes; who may use each stands in authentication/route-rules.ts. */
export function AdminController(tag: string): ClassDecorator {
  return applyDecorators(
    ApiTags(tag),
    ApiBearerAuth(),
    UsePipes(adminValidation),
    UseInterceptors(ActorInterceptor, IgnoredFieldsInterceptor),
    DocumentErrors('missing_key', 'admin_only', 'validation_error'),
  );
}

/** One admin route: status 200 as LiteLLM answers, its page in the OpenAPI document, ignored fields told. */
export function AdminRoute({
  summary,
  body,
  query = {},
  answer,
  errors = [],
}: AdminRouteOptions): MethodDecorator {
  const queries = Object.entries(query).map(([name, description]) =>
    ApiQuery({ name, description, required: false, type: String }),
  );
  return applyDecorators(
    HttpCode(200),
    ApiOperation({ summary }),
    ...queries,
    ...(body === undefined ? [] : bodyDecorators(body)),
    ApiResponse({
      status: 200,
      headers: {
        [IGNORED_FIELDS_HEADER]: {
          description: 'Fields of the body that were not used, separated by commas.',
          schema: { type: 'string' },
        },
      },
      content: { 'application/json': { example: answer } },
    }),
    DocumentErrors(...errors),
  );
}

function bodyDecorators({ schema, example }: NonNullable<AdminRouteOptions['body']>): MethodDecorator[] {
  // OpenAPI names the dialect once for the whole document.
  const shape = { ...z.toJSONSchema(schema, { io: 'input' }), $schema: undefined } as object;
  return [BodySchema(schema), ApiBody({ schema: shape, examples: { plain: { value: example } } })];
}
