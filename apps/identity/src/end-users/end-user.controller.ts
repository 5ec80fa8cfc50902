import { Controller } from '@nestjs/common';
import {
  endUserBlock,
  endUserCreate,
  endUserDelete,
  endUserList,
  endUserRead,
  endUserUpdate,
  identityEndUser,
} from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { EndUserService } from './end-user.service.js';

@Controller()
export class EndUserController {
  constructor(private readonly endUsers: EndUserService) {}

  @Answers(identityEndUser)
  policy({ endUserId, defaults }: z.output<typeof identityEndUser.request>) {
    return this.endUsers.policy(endUserId, defaults);
  }

  @Answers(endUserCreate)
  create(request: z.output<typeof endUserCreate.request>) {
    return this.endUsers.create(request);
  }

  @Answers(endUserUpdate)
  update(request: z.output<typeof endUserUpdate.request>) {
    return this.endUsers.update(request);
  }

  @Answers(endUserDelete)
  delete({ user_ids: ids }: z.output<typeof endUserDelete.request>) {
    return this.endUsers.delete(ids);
  }

  @Answers(endUserBlock)
  block({ user_ids: ids, blocked }: z.output<typeof endUserBlock.request>) {
    return this.endUsers.block(ids, blocked);
  }

  @Answers(endUserRead)
  read({ user_id: id }: z.output<typeof endUserRead.request>) {
    return this.endUsers.read(id);
  }

  @Answers(endUserList)
  list(query: z.output<typeof endUserList.request>) {
    return this.endUsers.list(query);
  }
}
