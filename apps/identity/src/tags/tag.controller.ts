import { Controller } from '@nestjs/common';
import { identityTagLimits, tagCreate, tagDelete, tagList, tagRead, tagUpdate } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { TagService } from './tag.service.js';

@Controller()
export class TagController {
  constructor(private readonly tags: TagService) {}

  @Answers(identityTagLimits)
  limits({ after }: z.output<typeof identityTagLimits.request>) {
    return this.tags.limits(after);
  }

  @Answers(tagCreate)
  create(request: z.output<typeof tagCreate.request>) {
    return this.tags.create(request);
  }

  @Answers(tagUpdate)
  update(request: z.output<typeof tagUpdate.request>) {
    return this.tags.update(request);
  }

  @Answers(tagDelete)
  delete({ name }: z.output<typeof tagDelete.request>) {
    return this.tags.delete(name);
  }

  @Answers(tagRead)
  read({ names }: z.output<typeof tagRead.request>) {
    return this.tags.read(names);
  }

  @Answers(tagList)
  list(query: z.output<typeof tagList.request>) {
    return this.tags.list(query);
  }
}
