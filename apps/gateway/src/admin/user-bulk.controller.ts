import { Body, Controller, Post } from '@nestjs/common';
import { FaultError, userRead, userUpdate, type UserName } from '@signalbox/contracts';
import { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { RecordSpend } from './record-spend.js';
import { userSpender } from './spenders.js';
import { userRecord } from './user-answer.js';
import { exampleUser, UpdateUserSchema } from './user-bodies.js';

/** Body of `/user/bulk_update`; each entry is one of `/user/update`. */
const BulkUpdateUsersSchema = z.object({ users: z.array(UpdateUserSchema).min(1).max(500) });
type UserChange = z.output<typeof UpdateUserSchema>;

/** One of many. */
interface Outcome {
  readonly user_id: string | null;
  readonly user_email: string | null;
  readonly success: boolean;
  readonly error: string | null;
  readonly updated_user: ReturnType<typeof userRecord> | null;
}

/** Changes many users, each for itself: LiteLLM's `/user/bulk_update`. */
@Controller('user')
@AdminController('users')
export class UserBulkController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
  ) {}

  @Post('bulk_update')
  @AdminRoute({
    summary:
      'Change many users, each for itself: the answer says which were changed, and why others were not',
    body: {
      schema: BulkUpdateUsersSchema,
      example: { users: [{ user_id: 'u1', user_role: 'proxy_admin_viewer' }] },
    },
    answer: {
      results: [outcomeOf({ user_id: 'u1' }, { updated: userRecord(exampleUser) })],
      total_requested: 1,
      successful_updates: 1,
      failed_updates: 0,
    },
    errors: ['identity_unavailable'],
  })
  async update(@Body({ schema: BulkUpdateUsersSchema }) { users }: z.output<typeof BulkUpdateUsersSchema>) {
    const results: Outcome[] = [];
    // One after the other: a user who is named twice ends as named last.
    for (const change of users) results.push(await this.updateOne(change));
    const changed = results.filter(({ success }) => success).length;
    return {
      results,
      total_requested: users.length,
      successful_updates: changed,
      failed_updates: users.length - changed,
    };
  }

  private async updateOne({ user_id: named, ...fields }: UserChange): Promise<Outcome> {
    const { user_email: email } = fields;
    try {
      const id = named ?? (await this.calls.identity(userRead, { user_email: email })).user_id;
      const row = await this.calls.identity(userUpdate, { ...fields, user_id: id });
      return outcomeOf(row, { updated: userRecord(await this.spend.ofOne(userSpender, row)) });
    } catch (error) {
      // What happens to all of them is the call's own failure.
      if (!(error instanceof FaultError) || error.fault.code === 'identity_unavailable') throw error;
      return outcomeOf({ user_id: named, user_email: email }, { error: error.fault.message });
    }
  }
}

function outcomeOf(
  { user_id: id = null, user_email: email = null }: UserName,
  { updated = null, error = null }: { updated?: Outcome['updated_user']; error?: Outcome['error'] },
): Outcome {
  return { user_id: id, user_email: email, success: error === null, error, updated_user: updated };
}
