import { Controller } from '@nestjs/common';
import {
  teamAddModels,
  teamCreate,
  teamDelete,
  teamDeleteModels,
  teamList,
  teamRead,
  teamUpdate,
} from '@signalbox/contracts';
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
  list(query: z.output<typeof teamList.request>) {
    return this.teams.list(query);
  }

  @Answers(teamAddModels)
  addModels({ team_id: id, models }: z.output<typeof teamAddModels.request>) {
    return this.teams.addModels(id, models);
  }

  @Answers(teamDeleteModels)
  deleteModels({ team_id: id, models }: z.output<typeof teamDeleteModels.request>) {
    return this.teams.deleteModels(id, models);
  }
}
