import { Controller } from '@nestjs/common';
import { teamCreate, teamDelete, teamList, teamRead, teamUpdate } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { TeamService } from './team.service.js';

@Controller()
export class TeamController {
  constructor(private readonly teams: TeamService) {}

  @Answers(teamCreate)
  create(request: z.output<typeof teamCreate.request>) {
    return this.teams.create(request);
  }

  @Answers(teamUpdate)
  update(request: z.output<typeof teamUpdate.request>) {
    return this.teams.update(request);
  }

  @Answers(teamDelete)
  delete({ team_ids: ids }: z.output<typeof teamDelete.request>) {
    return this.teams.delete(ids);
  }

  @Answers(teamRead)
  read({ team_id: id }: z.output<typeof teamRead.request>) {
    return this.teams.read(id);
  }

  @Answers(teamList)
  list({ page, size }: z.output<typeof teamList.request>) {
    return this.teams.list(page, size);
  }
}
