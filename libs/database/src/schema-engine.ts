import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';

interface EngineBindings {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(wasm: object): void;
}

let bindings: Promise<EngineBindings> | undefined;

/**
 * Applies what is missing with Prisma's own schema engine, the WebAssembly build from npm, and returns the
 * names of the migrations applied. Same checks, same `_prisma_migrations` table as `prisma migrate deploy`.
 */
export async function applyMigrations(url: string, migrationsList: MigrationList): Promise<string[]> {
  const { SchemaEngine } = await (bindings ??= loadBindings());
  const adapters = engineAdapters(url);
  try {
    const engine = await SchemaEngine.new({ datamodels: undefined }, ignoreLog, adapters.factory);
    const filters = { externalTables: [], externalEnums: [] };
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
    engine.free();
    return appliedMigrationNames;
  } finally {
    await adapters.close();
  }
}

function ignoreLog(): void {
  // What matters comes back as a value or an error.
}

/** The package's main file imports a `.wasm` as a module, which Node does not know: load it by hand. */
async function loadBindings(): Promise<EngineBindings> {
  const directory = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const loaded = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as EngineBindings &
    Record<string, unknown>;
  const module = await WebAssembly.compile(await readFile(path.join(directory, 'schema_engine_bg.wasm')));
  const instance = await WebAssembly.instantiate(module, {
    './schema_engine_bg.js': { ...loaded, ...withUnheldTimers(loaded) },
  });
  loaded.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
  return loaded;
}

/** The engine leaves the timer of its lock's time-out behind: without `unref` the process would stay 10 s longer. */
function withUnheldTimers(imports: Record<string, unknown>): Record<string, unknown> {
  const timers = Object.keys(imports).filter((name) => name.startsWith('__wbg_setTimeout'));
  const start = (callback: () => void, delayMs: number) => setTimeout(callback, delayMs).unref();
  return Object.fromEntries(timers.map((name) => [name, start]));
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** Connections for the engine; it leaves their pools open, which would keep the process alive: `close` does. */
function engineAdapters(url: string) {
  const opened: Adapter[] = [];
  // One connection, because the engine takes an advisory lock of its session.
  const stock = new PrismaPg({ connectionString: url, max: 1 });
  const connect = async () => {
    const adapter = runWholeScripts(await stock.connect());
    opened.push(adapter);
    return adapter;
  };
  const connectToShadowDb = () => Promise.reject(new Error('applying migrations needs no shadow database'));
  return {
    factory: bindMigrationAwareSqlAdapterFactory({
      provider: stock.provider,
      adapterName: stock.adapterName,
      connect,
      connectToShadowDb,
    }),
    close: () => Promise.all(opened.map((adapter) => adapter.dispose())),
  };
}

/** The stock adapter cuts a script at every `;`, also inside the body of a function: send it whole. */
function runWholeScripts(adapter: Adapter): Adapter {
  adapter.executeScript = async (script) => {
    await adapter.underlyingDriver().query(script);
  };
  return adapter;
}
