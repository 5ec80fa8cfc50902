#!/usr/bin/env node
// Stand-in for Prisma's native `schema-engine` executable (see prisma.config.ts). It runs the same engine,
// compiled to WebAssembly and published on npm, over a node-postgres adapter, and speaks the protocol of the
// native one: line-delimited JSON-RPC on stdin/stdout, plus the small sub-commands `cli ...` and `--version`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const engineDirectory = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
/** Column type of Postgres' own catalogue: a single byte, `"char"` with the quotes. */
const CATALOGUE_CHAR_OID = 18;
const TEXT_OID = 25;
/** Postgres' error codes as the codes that the Prisma CLI acts upon. */
const PRISMA_ERROR_CODES = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1010' };
/** The database, or its entry in the catalogue, exists: another process that starts up was faster. */
const CREATED_MEANWHILE = ['42P04', '23505'];

/** Reads the native engine's command line; what the stand-in has no use for is skipped. */
function parseArguments(words) {
  const parsed = { datamodelPaths: [], datasource: {}, command: [] };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === '--datamodels' || word === '-d') parsed.datamodelPaths.push(words[++index]);
    else if (word === '--datasource') parsed.datasource = JSON.parse(words[++index]);
    else if (word === '--enabled-preview-features' || word === '--extension-types') index += 1;
    else parsed.command.push(word);
  }
  return parsed;
}

/** Takes Prisma's own `?schema=` out of a URL, which node-postgres would not understand. */
function parseDatabaseUrl(text) {
  const url = new URL(text);
  const schema = url.searchParams.get('schema') ?? undefined;
  url.searchParams.delete('schema');
  return { url, schema, database: decodeURIComponent(url.pathname.slice(1)) || 'postgres' };
}

function inDatabase(url, database) {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other;
}

// ---- the adapter -------------------------------------------------------------------------------------------

/** The stock adapter refuses columns of type `"char"`, which introspection reads: let them pass as text. */
function readCatalogueChars(adapter) {
  const stock = Object.getPrototypeOf(adapter);
  adapter.queryRaw = async (query) => {
    const charColumns = [];
    const asText = (field, index) => {
      if (field.dataTypeID !== CATALOGUE_CHAR_OID) return field;
      charColumns.push(index);
      return { ...field, dataTypeID: TEXT_OID };
    };
    const performIO = async (sql) => {
      const { fields, rows } = await stock.performIO.call(adapter, sql);
      return { fields: fields.map(asText), rows };
    };
    const result = await stock.queryRaw.call(
      Object.create(adapter, { performIO: { value: performIO } }),
      query,
    );
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

/** The stock adapter cuts scripts at every `;`, also inside `$$ ... $$`: send them whole. */
function runWholeScripts(adapter) {
  adapter.executeScript = async (script) => {
    if (script.trim() === '') return;
    await adapter
      .underlyingDriver()
      .query(script)
      .catch((error) => adapter.onError(error));
  };
  return adapter;
}

async function openAdapter({ url, schema }) {
  // One connection, because the engine's advisory lock belongs to a session.
  const adapter = await new PrismaPg({ connectionString: url.toString(), max: 1 }, { schema }).connect();
  return readCatalogueChars(runWholeScripts(adapter));
}

const closePool = (adapter) =>
  adapter
    .underlyingDriver()
    .end()
    .catch(() => undefined);

/** A database of its own for replaying the migrations, dropped when the engine is done with it. */
async function openShadowAdapter({ url, schema }) {
  const admin = new pg.Client({ connectionString: url.toString() });
  await admin.connect();
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  const adapter = await openAdapter({ url: inDatabase(url, name), schema });
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await closePool(adapter);
    await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    await admin.end();
  };
  return adapter;
}

/** What the engine asks for connections. Without a URL (`validate`, `generate`) it never does. */
function adapterFactory(datasource) {
  const opened = [];
  const refuse = () => Promise.reject(new Error('no datasource url is configured'));
  const main = datasource.url === undefined ? undefined : parseDatabaseUrl(datasource.url);
  const connect = async () => {
    const adapter = await openAdapter(main);
    opened.push(adapter);
    return adapter;
  };
  const connectToShadowDb = () =>
    datasource.shadowDatabaseUrl
      ? openAdapter(parseDatabaseUrl(datasource.shadowDatabaseUrl))
      : openShadowAdapter(main);
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: main === undefined ? refuse : connect,
    connectToShadowDb: main === undefined ? refuse : connectToShadowDb,
    close: () => Promise.all(opened.splice(0).map(closePool)),
  };
}

// ---- the engine --------------------------------------------------------------------------------------------

async function loadEngine() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(path.join(engineDirectory, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
  return bindings.SchemaEngine;
}

/** Opens the engine at the first call: `--version` and an immediate end of input need none. */
function lazyEngine(datamodelPaths, factory) {
  let engine;
  const open = async () => {
    const SchemaEngine = await loadEngine();
    const datamodels = datamodelPaths.map((file) => [file, readFileSync(file, 'utf8')]);
    return SchemaEngine.new(
      { datamodels: datamodels.length > 0 ? datamodels : undefined },
      (line) => {
        if (process.env.DEBUG) process.stderr.write(`${line}\n`);
      },
      bindMigrationAwareSqlAdapterFactory(factory),
    );
  };
  return () => (engine ??= open());
}

/** The WebAssembly build names one method differently and leaves the shadow database to the caller. */
async function callEngine(engine, method, parameters) {
  const name = method === 'getDatabaseVersion' ? 'version' : method;
  if (typeof engine[name] !== 'function') {
    throw new Error(`the WebAssembly schema engine does not support ${method}`);
  }
  if (name === 'evaluateDataLoss' || name === 'createMigration') {
    // Both read the schema of the migration history from the engine's cache, which only this call fills.
    const { migrationsList, filters } = parameters;
    await engine.diagnoseMigrationHistory({ migrationsList, filters, optInToShadowDatabase: true });
  }
  return (await engine[name](parameters ?? null)) ?? {};
}

/** The engine throws its structured errors as JSON text; the CLI expects them in `data`. */
function toRpcError(error) {
  const text = error instanceof Error ? error.message : String(error);
  let detail = {};
  try {
    detail = JSON.parse(text);
  } catch {
    // A plain sentence: it is the message itself.
  }
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: false,
      message: detail.message ?? text,
      meta: detail.meta ?? null,
      error_code: detail.error_code ?? detail.code ?? null,
    },
  };
}

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/** `diff` hands its text to the CLI through a call in the other direction, as the native engine does. */
function print(content) {
  send({ id: randomUUID(), method: 'print', params: { content } });
}

async function answer(openEngine, { id, method, params }) {
  try {
    const result = await callEngine(await openEngine(), method, params);
    if (method !== 'diff' || typeof result.stdout !== 'string') return send({ id, result });
    print(result.stdout);
    return send({ id, result: { ...result, stdout: null } });
  } catch (error) {
    return send({ id, error: toRpcError(error) });
  }
}

async function serve({ datamodelPaths, datasource }) {
  const factory = adapterFactory(datasource);
  const openEngine = lazyEngine(datamodelPaths, factory);
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const message = JSON.parse(line);
    // Without a method it is the CLI's reply to a `print`.
    if (message.method !== undefined) await answer(openEngine, message);
  }
  await factory.close();
  // The engine leaves the timer of its lock's time-out behind, which would keep the process 10 s longer.
  process.exit();
}

// ---- the sub-commands --------------------------------------------------------------------------------------

async function runSql(url, sql) {
  const client = new pg.Client({ connectionString: url.toString(), connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    if (sql !== undefined) await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Tells the CLI on stderr what failed. It drops the first line, where the native engine has its banner. */
function reportFailure(error, { url }) {
  // What Postgres itself did not say happened on the way to it.
  const answered = error instanceof pg.DatabaseError;
  const unreachable = `Can't reach database server at \`${url.hostname}:${url.port || 5432}\``;
  const fields = {
    message: answered ? error.message : unreachable,
    error_code: answered ? PRISMA_ERROR_CODES[error.code] : 'P1001',
    is_panic: false,
  };
  // The CLI looks for this very level and target.
  const report = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    fields,
    target: 'schema_engine::logger',
  };
  process.stderr.write(`schema-engine\n${JSON.stringify(report)}\n`);
}

async function runSubCommand(name, { url: text }) {
  const target = parseDatabaseUrl(text);
  const maintenance = inDatabase(target.url, 'postgres');
  const database = pg.escapeIdentifier(target.database);
  const commands = {
    'can-connect-to-database': () => runSql(target.url),
    'create-database': () =>
      runSql(maintenance, `CREATE DATABASE ${database}`).catch((error) => {
        if (!CREATED_MEANWHILE.includes(error.code)) throw error;
      }),
    'drop-database': () => runSql(maintenance, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  };
  try {
    await commands[name]();
  } catch (error) {
    reportFailure(error, target);
    process.exitCode = 1;
  }
}

async function main() {
  const parsed = parseArguments(process.argv.slice(2));
  if (parsed.command[0] === '--version') {
    const { version } = JSON.parse(readFileSync(path.join(engineDirectory, 'package.json'), 'utf8'));
    process.stdout.write(`schema-engine-wasm ${version.split('.').pop()}\n`);
  } else if (parsed.command[0] === 'cli') {
    await runSubCommand(parsed.command[1], parsed.datasource);
  } else {
    await serve(parsed);
  }
}

await main();
