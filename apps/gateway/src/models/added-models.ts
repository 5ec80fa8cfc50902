import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { CallSettings } from '@signalbox/calls';
import { checkAddedModel, type AddedModel, type Current } from '@signalbox/config';
import {
  fault,
  FaultError,
  modelCreate,
  modelDelete,
  modelRead,
  modelUpdate,
  type StoredModel,
} from '@signalbox/contracts';
import { SealBroken, type FollowedModels } from '@signalbox/live-settings';
import { AdminCalls } from '../admin/admin-calls.js';
import { MODELS, SETTINGS } from '../gateway.tokens.js';
import { modelInfo } from './model-info.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a change of a model says; absent fields stay, and so do absent parameters; null clears. */
export interface ModelChange {
  readonly model_name?: string | null | undefined;
  readonly litellm_params?: Fields | null | undefined;
  readonly model_info?: Fields | null | undefined;
}

/** More is no description of a model, and would not fit a message together with others. */
const longestInfo = 6_000;
const longestSealed = 12_000;
/** Changes of one model at the same time are rare; this many in a row do not happen. */
const tries = 5;

/** Models that are added through the API. Their parameters leave this process sealed. */
@Injectable()
export class AddedModels {
  constructor(
    private readonly calls: AdminCalls,
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
    @Inject(MODELS) private readonly followed: FollowedModels | null,
  ) {}

  async add(
    modelName: string,
    params: Fields,
    { id: wanted, ...info }: Fields & { readonly id?: string | null | undefined },
  ): Promise<object> {
    const id = wanted ?? randomUUID();
    if (this.settings.current.deployments.has(id)) {
      throw refused('already_exists', `Model id = ${id} already exists.`, 'model_info.id');
    }
    const model = { id, modelName, params: cleared(params), modelInfo: cleared(info) };
    const stored = await this.calls.identity(modelCreate, this.sealed(model));
    return this.inForce(stored, model);
  }

  async change(id: string, change: ModelChange): Promise<object> {
    this.checkNotOfFile(id);
    for (let made = 0; made < tries; made += 1) {
      const stored = await this.calls.identity(modelRead, { id });
      const model = changed(this.opened(stored), change);
      const { updated } = await this.calls.identity(modelUpdate, {
        ...this.sealed(model),
        revision: stored.revision,
      });
      if (updated !== null) return this.inForce(updated, model);
    }
    throw new FaultError(fault('internal_error', `Model id=${id} is being changed by others all the time.`));
  }

  async remove(id: string): Promise<object> {
    this.checkNotOfFile(id);
    await this.calls.identity(modelDelete, { id });
    await this.followed?.refresh();
    return { message: `Model: ${id} deleted successfully` };
  }

  private checkNotOfFile(id: string): void {
    const deployment = this.settings.current.deployments.get(id);
    if (deployment === undefined || deployment.isAdded === true) return;
    const message =
      "Can't edit model. Model in config: change it in config.yaml, it is taken up without a restart.";
    throw refused('invalid_request', message, 'id');
  }

  /** Checked as an entry of the file is; then nobody reads its parameters but who has the key. */
  private sealed(model: AddedModel & { readonly params: object }) {
    const { id, modelName, modelInfo: info } = model;
    const checked = checkAddedModel(model, this.settings.current.catalog);
    if (!checked.ok) {
      const message = checked.faults.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
      throw refused('validation_error', message, checked.faults[0]?.path ?? '');
    }
    const encryptedParams = this.key.seal(id, model.params);
    if (encryptedParams.length > longestSealed) {
      throw refused('validation_error', 'litellm_params: too long', 'litellm_params');
    }
    if (JSON.stringify(info).length > longestInfo) {
      throw refused('validation_error', 'model_info: too long', 'model_info');
    }
    return { id, modelName, encryptedParams, modelInfo: info };
  }

  private opened({ id, modelName, encryptedParams, modelInfo }: StoredModel) {
    try {
      return { id, modelName, modelInfo, params: this.key.open(id, encryptedParams) };
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw new FaultError(fault('internal_error', `Model id=${id} ${error.message}.`), { cause: error });
    }
  }

  /** The answer, once this gateway goes by the change; the others follow at once. */
  private async inForce(stored: StoredModel, model: AddedModel): Promise<object> {
    await this.followed?.refresh();
    const checked = checkAddedModel(model, this.settings.current.catalog);
    const [deployment] = checked.ok ? checked.deployments : [];
    return {
      model_id: stored.id,
      ...(deployment && modelInfo(deployment, deployment.region)),
      created_at: stored.createdAt,
      updated_at: stored.updatedAt,
    };
  }

  private get key() {
    if (this.followed !== null) return this.followed.seal;
    const message =
      'Models cannot be stored without a key to seal their secrets: set SIGNALBOX_SALT_KEY in the environment of every gateway and router.';
    throw new FaultError(fault('invalid_request', message));
  }
}

function changed(
  { id, modelName, params, modelInfo: info }: AddedModel & { readonly params: object },
  change: ModelChange,
) {
  return {
    id,
    modelName: change.model_name ?? modelName,
    params: cleared({ ...params, ...change.litellm_params }),
    modelInfo: cleared({ ...info, ...change.model_info, id: null }),
  };
}

function cleared(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

function refused(
  code: 'already_exists' | 'invalid_request' | 'validation_error',
  message: string,
  param: string,
) {
  return new FaultError(fault(code, message, { param }));
}
