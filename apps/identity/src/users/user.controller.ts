import { Controller } from '@nestjs/common';
import { userCreate, userDelete, userList, userRead, userUpdate } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { UserService } from './user.service.js';

@Controller()
export class UserController {
  constructor(private readonly users: UserService) {}

  @Answers(userCreate)
  create(request: z.output<typeof userCreate.request>) {
    return this.users.create(request);
  }

  @Answers(userUpdate)
  update(request: z.output<typeof userUpdate.request>) {
    return this.users.update(request);
  }

  @Answers(userDelete)
  delete({ user_ids: ids }: z.output<typeof userDelete.request>) {
    return this.users.delete(ids);
  }

  @Answers(userRead)
  read(name: z.output<typeof userRead.request>) {
    return this.users.read(name);
  }

  @Answers(userList)
  list(query: z.output<typeof userList.request>) {
    return this.users.list(query);
  }
}
