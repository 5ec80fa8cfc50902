import { Controller } from '@nestjs/common';
import { identityNames, type Names } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { NamesRepository } from './names.repository.js';

/** Names for reports, whose rows say ids. */
@Controller()
export class NamesController {
  constructor(private readonly names: NamesRepository) {}

  @Answers(identityNames)
  find(request: z.output<typeof identityNames.request>): Promise<Names> {
    return this.names.find(request);
  }
}
