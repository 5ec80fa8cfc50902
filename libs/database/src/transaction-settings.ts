import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';

/** Settings of Postgres for what is done now, by name, such as who does it; undefined: none. */
export type TransactionSettings = () => Readonly<Record<string, string>> | undefined;

/**
 * Makes every transaction begin with these settings; they end with it. While there are any, a statement outside a
 * transaction gets one of its own: for Postgres knows such settings only inside.
 */
export function withTransactionSettings(
  factory: SqlDriverAdapterFactory,
  settings: TransactionSettings,
): SqlDriverAdapterFactory {
  const { provider, adapterName } = factory;
  return {
    provider,
    adapterName,
    connect: async () => new SettingAdapter(await factory.connect(), settings),
  };
}

class SettingAdapter implements SqlDriverAdapter {
  readonly provider: SqlDriverAdapter['provider'];
  readonly adapterName: string;

  constructor(
    private readonly adapter: SqlDriverAdapter,
    private readonly settings: TransactionSettings,
  ) {
    this.provider = adapter.provider;
    this.adapterName = adapter.adapterName;
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.run((queryable) => queryable.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.run((queryable) => queryable.executeRaw(query));
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    const settings = this.settings();
    const transaction = await this.adapter.startTransaction(isolationLevel);
    if (settings === undefined) return transaction;
    try {
      await transaction.queryRaw(settingQuery(settings));
      return transaction;
    } catch (error) {
      await rollBack(transaction);
      throw error;
    }
  }

  executeScript(script: string): Promise<void> {
    return this.adapter.executeScript(script);
  }

  getConnectionInfo() {
    return this.adapter.getConnectionInfo?.() ?? { supportsRelationJoins: false };
  }

  dispose(): Promise<void> {
    return this.adapter.dispose();
  }

  private async run<Result>(
    work: (queryable: Pick<Transaction, 'queryRaw' | 'executeRaw'>) => Promise<Result>,
  ): Promise<Result> {
    if (this.settings() === undefined) return work(this.adapter);
    const transaction = await this.startTransaction();
    try {
      const result = await work(transaction);
      await transaction.executeRaw(statement('COMMIT'));
      await transaction.commit();
      return result;
    } catch (error) {
      await rollBack(transaction);
      throw error;
    }
  }
}

function settingQuery(settings: Readonly<Record<string, string>>): SqlQuery {
  const args = Object.entries(settings).flat();
  const calls = Object.keys(settings).map(
    (_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`,
  );
  return {
    sql: `SELECT ${calls.join(', ')}`,
    args,
    argTypes: args.map(() => ({ scalarType: 'string', arity: 'scalar' })),
  };
}

function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

/** The adapter sends neither COMMIT nor ROLLBACK itself: its own methods only give the connection back. */
async function rollBack(transaction: Transaction): Promise<void> {
  // A connection that broke has nothing to roll back; what broke it is thrown already.
  await transaction.executeRaw(statement('ROLLBACK')).catch(() => undefined);
  await transaction.rollback();
}
