import { FaultError, fault } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogLevel } from './logger.js';
import { nestLogger } from './nest-logger.js';

function loggerWithLines(level?: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string): void => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
  };
  const logger = createLogger({ service: 'router', destination: { write }, ...(level && { level }) });
  return { logger, lines };
}

describe('createLogger', () => {
  it('writes one JSON object per line with level, time, service and message', () => {
    const { logger, lines } = loggerWithLines();
    logger.info({ model: 'gpt-4o' }, 'decided');

    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        service: 'router',
        model: 'gpt-4o',
        msg: 'decided',
      },
    ]);
  });

  it('drops lines below its level', () => {
    const { logger, lines } = loggerWithLines('warn');
    logger.info('quiet');
    logger.warn('loud');

    expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
  });

  it.each([
    { authorization: 'Bearer sk-1' },
    { headers: { Authorization: 'Bearer sk-1', Cookie: 'sk-1' } },
    { request: { headers: { 'x-api-key': 'sk-1', 'set-cookie': ['sk-1'] } } },
    { upstream: { options: { api_key: 'sk-1', apiKey: 'sk-1' } } },
    { deployments: [{ params: { 'api-key': 'sk-1' } }] },
    { body: { messages: 'sk-1' } },
    { messages: [{ role: 'user', content: 'sk-1' }] },
    { error: Object.assign(new Error('failed'), { request: { headers: { authorization: 'sk-1' } } }) },
  ])('never writes credentials, cookies or bodies: %j', (fields) => {
    const { logger, lines } = loggerWithLines();
    logger.error(fields, 'careless');
    logger.child(fields).error('careless child');

    expect(JSON.stringify(lines)).not.toContain('sk-1');
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });

  it('keeps numbers under such names, which are counts, and leaves the object logged as it was', () => {
    const { logger, lines } = loggerWithLines();
    const fields = { tokens: { prompt: 12 }, headers: { authorization: 'Bearer' } };
    logger.info(fields, 'counted');

    expect(lines[0]).toMatchObject({ tokens: { prompt: 12 } });
    expect(fields.headers.authorization).toBe('Bearer');
  });

  it('writes an error with its fields and its cause', () => {
    const { logger, lines } = loggerWithLines();
    const cause = new Error('connection refused');
    logger.error({ error: new FaultError(fault('usage_unavailable'), { cause }) }, 'cannot read');

    expect(lines[0]).toMatchObject({
      error: {
        type: 'FaultError',
        fault: { code: 'usage_unavailable' },
        cause: { message: 'connection refused' },
      },
    });
  });

  it.each(['text', 7, null])('writes what was thrown when it is no error: %j', (thrown) => {
    const { logger, lines } = loggerWithLines();
    logger.error({ error: thrown }, 'odd');

    expect(lines[0]).toMatchObject({ error: thrown, msg: 'odd' });
  });
});

describe('nestLogger', () => {
  it('writes messages with the class that speaks, and errors with their stack', () => {
    const { logger, lines } = loggerWithLines('trace');
    const nest = nestLogger(logger);
    nest.log('mapped', 'RouterExplorer');
    nest.warn({ odd: true }, 'Injector');
    nest.error('failed', 'Error: failed\n  at x', 'ExceptionsHandler');
    nest.error(new Error('burned'), 'RpcExceptionsHandler');

    expect(lines).toMatchObject([
      { level: 'debug', msg: 'mapped', context: 'RouterExplorer' },
      { level: 'warn', detail: { odd: true }, context: 'Injector' },
      { level: 'error', msg: 'failed', stack: 'Error: failed\n  at x', context: 'ExceptionsHandler' },
      { level: 'error', msg: 'burned', error: { message: 'burned' }, context: 'RpcExceptionsHandler' },
    ]);
  });
});
