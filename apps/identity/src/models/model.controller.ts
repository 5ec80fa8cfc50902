import { Controller } from '@nestjs/common';
import { modelCreate, modelDelete, modelList, modelRead, modelUpdate } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { ModelService } from './model.service.js';

@Controller()
export class ModelController {
  constructor(private readonly models: ModelService) {}

  @Answers(modelCreate)
  create(request: z.output<typeof modelCreate.request>) {
    return this.models.create(request);
  }

  @Answers(modelUpdate)
  update(request: z.output<typeof modelUpdate.request>) {
    return this.models.update(request);
  }

  @Answers(modelDelete)
  delete({ id }: z.output<typeof modelDelete.request>) {
    return this.models.delete(id);
  }

  @Answers(modelRead)
  read({ id }: z.output<typeof modelRead.request>) {
    return this.models.read(id);
  }

  @Answers(modelList)
  list({ page, size }: z.output<typeof modelList.request>) {
    return this.models.list(page, size);
  }
}
