import { Body, Controller, Param, Patch, Post } from '@nestjs/common';
import { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { AddedModels } from './added-models.js';

const fields = z.record(z.string(), z.unknown());
const id = z.string().min(1).max(255);
const newBody = z.object({
  model_name: z.string().min(1),
  litellm_params: fields,
  model_info: z.looseObject({ id: id.nullish() }).default({}),
});
const changeBody = z.object({
  model_name: z.string().min(1).nullish(),
  litellm_params: fields.nullish(),
  model_info: fields.nullish(),
});
const updateBody = changeBody.extend({ model_info: z.looseObject({ id }) });
const deleteBody = z.object({ id });

const litellmParams = {
  model: 'azure/gpt-4o',
  api_base: 'https://sweden.openai.azure.com',
  api_key: 'the-key-of-the-provider',
  region_name: 'swedencentral',
  rpm: 600,
};
const row = {
  model_id: 'azure-sweden',
  model_name: 'gpt-4o',
  litellm_params: {
    model: 'azure/gpt-4o',
    api_base: 'https://sweden.openai.azure.com',
    region_name: 'swedencentral',
    rpm: 600,
  },
  model_info: { id: 'azure-sweden', db_model: true, key: 'gpt-4o', litellm_provider: 'azure', region: 'eu' },
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
};

/** LiteLLM's routes that add models to those of config.yaml, while calls go on. */
@Controller('model')
@AdminController('models')
export class AddedModelsController {
  constructor(private readonly models: AddedModels) {}

  @Post('new')
  @AdminRoute({
    summary: 'Add a deployment; it is checked as an entry of config.yaml is, and serves without a restart',
    body: {
      schema: newBody,
      example: { model_name: 'gpt-4o', litellm_params: litellmParams, model_info: { id: 'azure-sweden' } },
    },
    answer: row,
    errors: ['already_exists', 'invalid_request', 'identity_unavailable'],
  })
  add(@Body({ schema: newBody }) body: z.output<typeof newBody>) {
    return this.models.add(body.model_name, body.litellm_params, body.model_info);
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change a deployment that was added; absent parameters stay, null clears',
    body: {
      schema: updateBody,
      example: { model_info: { id: 'azure-sweden' }, litellm_params: { rpm: 900 } },
    },
    answer: { ...row, litellm_params: { ...row.litellm_params, rpm: 900 } },
    errors: ['record_not_found', 'invalid_request', 'identity_unavailable'],
  })
  update(@Body({ schema: updateBody }) body: z.output<typeof updateBody>) {
    return this.models.change(body.model_info.id, body);
  }

  @Patch(':id/update')
  @AdminRoute({
    summary: 'The same, with the id in the path',
    body: { schema: changeBody, example: { litellm_params: { rpm: 900 } } },
    answer: { ...row, litellm_params: { ...row.litellm_params, rpm: 900 } },
    errors: ['record_not_found', 'invalid_request', 'identity_unavailable'],
  })
  patch(@Param('id') modelId: string, @Body({ schema: changeBody }) body: z.output<typeof changeBody>) {
    return this.models.change(modelId, body);
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete a deployment that was added; answers that have begun go on to their end',
    body: { schema: deleteBody, example: { id: 'azure-sweden' } },
    answer: { message: 'Model: azure-sweden deleted successfully' },
    errors: ['record_not_found', 'invalid_request', 'identity_unavailable'],
  })
  delete(@Body({ schema: deleteBody }) body: z.output<typeof deleteBody>) {
    return this.models.remove(body.id);
  }
}
