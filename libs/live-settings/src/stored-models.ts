import type { AddedModel } from '@signalbox/config';
import { modelChanged, modelList, valueOf, type StoredModel } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import { SealBroken, type ModelSeal } from './model-seal.js';

export interface StoredModelsOptions {
  readonly bus: Pick<Bus, 'call' | 'listen' | 'onStatus' | 'flush'>;
  readonly seal: ModelSeal;
  /** Takes the models of now, all of them. Must not reject. */
  readonly onModels: (models: readonly AddedModel[]) => Promise<void>;
  readonly logger: Logger;
  /** How often they are read although nobody said that they changed, milliseconds; 15 seconds unless told. */
  readonly everyMs?: number;
}

const retryMs = 1_000;

/**
 * The models that were added through the API, as the identity service keeps them: read at the start, whenever somebody
 * says that they changed, when the bus is back, and now and then. What was read last stays while they cannot be read.
 */
export class StoredModels {
  private last: string | undefined;
  private reading: Promise<void> | undefined;
  private readAgain = false;
  private isAway = false;
  private hasRead = false;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private readonly endings: (() => unknown)[] = [];

  private constructor(private readonly options: StoredModelsOptions) {}

  /** Resolves when they were read for the first time, or could not be. */
  static async follow(options: StoredModelsOptions): Promise<StoredModels> {
    const { bus } = options;
    const models = new StoredModels(options);
    const intake = bus.listen(modelChanged, () => models.refresh());
    const stopStatus = bus.onStatus((status) => {
      if (status === 'reconnected') void models.refresh();
    });
    models.endings.push(() => intake.stop(), stopStatus);
    // A change from now on is heard, one from before is read.
    await bus.flush();
    await models.refresh();
    return models;
  }

  /** Whether they have been read at all. */
  get isKnown(): boolean {
    return this.hasRead;
  }

  /** Reads them; what changed before this call is in force when it resolves, if they can be read. Never rejects. */
  refresh(): Promise<void> {
    this.readAgain = true;
    return (this.reading ??= this.readAll());
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    for (const end of this.endings) await end();
    await this.reading;
  }

  private async readAll(): Promise<void> {
    clearTimeout(this.timer);
    while (this.readAgain) {
      this.readAgain = false;
      try {
        await this.take(await this.list());
        this.hasRead = true;
        this.note('back');
      } catch (error) {
        this.note('away', error);
      }
    }
    this.reading = undefined;
    if (this.isStopped) return;
    const { everyMs = 15_000 } = this.options;
    this.timer = setTimeout(() => void this.refresh(), this.isAway ? retryMs : everyMs).unref();
  }

  private async list(): Promise<StoredModel[]> {
    const listed: StoredModel[] = [];
    for (let page = 1; ; page += 1) {
      const reply = await this.options.bus.call(modelList, { page }, { unavailable: 'identity_unavailable' });
      const { models, total } = valueOf(reply);
      listed.push(...models);
      if (models.length === 0 || listed.length >= total) return listed;
    }
  }

  private async take(models: readonly StoredModel[]): Promise<void> {
    const text = JSON.stringify(models);
    if (text === this.last) return;
    await this.options.onModels(models.flatMap((model) => this.opened(model)));
    this.last = text;
  }

  private opened({ id, modelName, encryptedParams, modelInfo }: StoredModel): AddedModel[] {
    try {
      return [{ id, modelName, modelInfo, params: this.options.seal.open(id, encryptedParams) }];
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      this.options.logger.error({ modelId: id, reason: error.message }, 'a stored model is left out');
      return [];
    }
  }

  private note(state: 'away' | 'back', error?: unknown): void {
    if (this.isAway === (state === 'away')) return;
    this.isAway = state === 'away';
    const { logger } = this.options;
    if (this.isAway) logger.warn({ error }, 'stored models cannot be read: those known stay');
    else logger.info('stored models are read again');
  }
}
