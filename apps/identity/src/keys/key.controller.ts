import { Controller } from '@nestjs/common';
import {
  identityAuthenticate,
  keyAliases,
  keyBlock,
  keyCreate,
  keyDelete,
  keyList,
  keyRead,
  keyRegenerate,
  keyResetSpend,
  keyUpdate,
} from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { KeyService } from './key.service.js';

@Controller()
export class KeyController {
  constructor(private readonly keys: KeyService) {}

  @Answers(identityAuthenticate)
  authenticate({ keyHash }: z.output<typeof identityAuthenticate.request>) {
    return this.keys.authenticate(keyHash);
  }

  @Answers(keyCreate)
  create(request: z.output<typeof keyCreate.request>) {
    return this.keys.create(request);
  }

  @Answers(keyUpdate)
  update(request: z.output<typeof keyUpdate.request>) {
    return this.keys.update(request);
  }

  @Answers(keyDelete)
  delete({ tokens, key_aliases: aliases }: z.output<typeof keyDelete.request>) {
    return this.keys.delete(tokens, aliases);
  }

  @Answers(keyBlock)
  block({ token, blocked }: z.output<typeof keyBlock.request>) {
    return this.keys.block(token, blocked);
  }

  @Answers(keyResetSpend)
  resetSpend({ token }: z.output<typeof keyResetSpend.request>) {
    return this.keys.resetSpend(token);
  }

  @Answers(keyRead)
  read(request: z.output<typeof keyRead.request>) {
    return this.keys.read(request);
  }

  @Answers(keyRegenerate)
  regenerate(request: z.output<typeof keyRegenerate.request>) {
    return this.keys.regenerate(request);
  }

  @Answers(keyAliases)
  aliases(request: z.output<typeof keyAliases.request>) {
    return this.keys.aliases(request);
  }

  @Answers(keyList)
  list(request: z.output<typeof keyList.request>) {
    return this.keys.list(request);
  }
}
