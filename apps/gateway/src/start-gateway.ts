import type { Server } from 'node:http';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CallSettings } from '@signalbox/calls';
import { nestLogger } from '@signalbox/platform';
import type { FastifyInstance } from 'fastify';
import { listenForAdmins } from './admin-listener.js';
import { authenticationHook } from './authentication/authentication-hook.js';
import { nameRoutes } from './authentication/route-of.js';
import { setUpDocumentation } from './documentation.js';
import type { GatewayOptions } from './gateway-options.js';
import { createGatewayParts, type GatewayParts } from './gateway-parts.js';
import { GatewayModule } from './gateway.module.js';
import { createHttpAdapter } from './http-adapter.js';
import { traceHook } from './observability/trace-hook.js';
import { protectPages } from './protect-pages.js';
import { RunningGateway } from './running-gateway.js';
import { probeUnknownRegions } from './health/probe-unknown-regions.js';

/** Makes a gateway and lets it listen; a port of 0 takes any free one. */
export async function startGateway(
  options: GatewayOptions,
  address: { readonly host: string; readonly port: number },
): Promise<RunningGateway> {
  const { general, bus, logger, limits, version } = options;
  const parts = createGatewayParts(options);
  const adapter = createHttpAdapter({
    maxRequestSizeBytes: general.maxRequestSizeBytes,
    requestTimeoutMs: limits.requestTimeoutMs,
  });
  const instance = adapter.getInstance<FastifyInstance>();
  parts.routes.watch(instance);
  nameRoutes(instance);
  instance.addHook('onRequest', traceHook);
  instance.addHook('onRequest', authenticationHook(parts.authenticator, parts.adminPort));
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.of(options, parts), adapter, {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  await app.register(helmet, { global: false });
  instance.addHook('onRequest', protectPages);
  setUpDocumentation(app, version);
  await parts.learned.follow(bus);
  const adminServer = await listenApart(options, parts, app, address.host);
  await app.listen(address.port, address.host);
  learnRegions(options, parts);
  return new RunningGateway(app, parts, logger, adminServer);
}

/** Opens the port of the admin API where it has one of its own. */
async function listenApart(
  { general: { adminHost, adminPort }, limits }: GatewayOptions,
  parts: GatewayParts,
  app: NestFastifyApplication,
  publicHost: string,
): Promise<Server | undefined> {
  if (adminPort === undefined) return undefined;
  await app.init();
  const address = { host: adminHost ?? publicHost, port: adminPort };
  return listenForAdmins(
    app.getHttpAdapter().getInstance(),
    parts.adminPort,
    address,
    limits.requestTimeoutMs,
  );
}

/** Asks deployments of unknown region where they are, now and whenever others are configured. */
function learnRegions({ settings, logger }: GatewayOptions, { dispatcher, learned }: GatewayParts): void {
  const ask = ({ catalog }: CallSettings): void => {
    probeUnknownRegions(dispatcher, catalog.deployments, learned, logger).catch((error: unknown) => {
      logger.warn({ error }, 'deployments could not be asked for their region');
    });
  };
  ask(settings.current);
  settings.onChange(ask);
}
