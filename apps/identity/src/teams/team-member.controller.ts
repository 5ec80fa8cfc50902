import { Controller } from '@nestjs/common';
import { teamAddMembers, teamDeleteMember, teamUpdateMember } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { TeamMemberService } from './team-member.service.js';

@Controller()
export class TeamMemberController {
  constructor(private readonly members: TeamMemberService) {}

  @Answers(teamAddMembers)
  add(request: z.output<typeof teamAddMembers.request>) {
    return this.members.add(request);
  }

  @Answers(teamUpdateMember)
  update(request: z.output<typeof teamUpdateMember.request>) {
    return this.members.update(request);
  }

  @Answers(teamDeleteMember)
  delete(request: z.output<typeof teamDeleteMember.request>) {
    return this.members.delete(request);
  }
}
