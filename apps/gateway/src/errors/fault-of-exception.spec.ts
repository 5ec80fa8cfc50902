import { BadRequestException, InternalServerErrorException } from '@nestjs/common';
import { fault, FaultError } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { faultOfException } from './fault-of-exception.js';

describe('faultOfException', () => {
  it('takes a fault as it is', () => {
    const known = fault('expired_key');
    expect(faultOfException(new FaultError(known))).toBe(known);
  });

  it.each([
    ['FST_ERR_CTP_BODY_TOO_LARGE', 'request_too_large'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
    ['FST_ERR_CTP_INVALID_JSON_BODY', 'invalid_json'],
    ['FST_ERR_CTP_EMPTY_JSON_BODY', 'invalid_json'],
  ])('reads %s of Fastify as %s', (code, expected) => {
    expect(faultOfException(Object.assign(new Error('x'), { code })).code).toBe(expected);
  });

  it('joins what Nest says about several fields', () => {
    expect(faultOfException(new BadRequestException(['one', 'two']))).toMatchObject({
      code: 'invalid_request',
      message: 'one; two',
    });
  });

  it('tells nobody what went wrong inside', () => {
    const hidden = 'connect postgres://user:secret@db';
    for (const error of [new Error(hidden), new InternalServerErrorException(hidden), hidden]) {
      expect(faultOfException(error)).toEqual(fault('internal_error'));
    }
  });
});
