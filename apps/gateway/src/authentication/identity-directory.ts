import type { TagLimits } from '@signalbox/calls';
import {
  identityAuthenticate,
  identityChanged,
  identityEndUser,
  valueOf,
  type Caller,
  type EndUserDefaults,
  type EndUserPolicy,
  type IdentityChanged,
} from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { BusLease } from './bus-lease.js';
import { IdentityCache } from './identity-cache.js';
import { everyTag, readTagLimits } from './tag-limits.js';

export interface IdentityDirectoryOptions {
  /** How long cached identities are believed after the bus was lost, milliseconds. */
  readonly leaseMs: number;
  /** Age at which a cached identity is read again anyway, milliseconds. */
  readonly maxAgeMs: number;
  readonly maxEntries: number;
  /** What holds for end users without a budget; absent: nothing. */
  readonly endUserDefaults?: EndUserDefaults | undefined;
  readonly onLookup?: (hit: boolean) => void;
}

/** Callers by key hash, policies by end-user id and the limits of tags: cached, kept fresh by announcements. */
export class IdentityDirectory {
  readonly callers: IdentityCache<Caller>;
  readonly endUsers: IdentityCache<EndUserPolicy>;
  /** One entry, `everyTag`: only who knows of all tags knows that another has no limits. */
  readonly tagLimits: IdentityCache<TagLimits>;

  constructor(bus: Bus, options: IdentityDirectoryOptions) {
    const lease = new BusLease(
      bus,
      options.leaseMs,
      () => performance.now(),
      () => {
        // Announcements made while we were away are lost.
        this.callers.clear();
        this.endUsers.clear();
        this.tagLimits.clear();
      },
    );
    const shared = { ...options, isTrusted: () => lease.isHeld() };
    const { endUserDefaults: defaults } = options;
    const unavailable = { unavailable: 'identity_unavailable' } as const;
    this.callers = new IdentityCache<Caller>({
      ...shared,
      load: async (keyHash) => valueOf(await bus.call(identityAuthenticate, { keyHash }, unavailable)),
      endOf: ({ changesAt }) => changesAt,
    });
    this.endUsers = new IdentityCache<EndUserPolicy>({
      ...shared,
      load: async (endUserId) =>
        valueOf(await bus.call(identityEndUser, { endUserId, defaults }, unavailable)),
    });
    this.tagLimits = new IdentityCache<TagLimits>({
      ...shared,
      toleratesUnrest: true,
      load: () => readTagLimits(bus),
    });
    bus.listen(identityChanged, (change) => {
      this.callers.drop(change.keyHashes, callersOf(change));
      this.endUsers.drop(change.endUserIds, holdersOf(change));
      // Any of them may hold a shared budget.
      if (change.tagNames.length + change.budgetIds.length > 0) this.tagLimits.drop([everyTag]);
      return undefined;
    });
  }
}

/** Those whose team, user or shared budget changed; undefined when none of these did. */
function callersOf(change: IdentityChanged): ((caller: Caller) => boolean) | undefined {
  const teams = new Set(change.teamIds);
  const users = new Set(change.userIds);
  const holds = holdersOf(change);
  if (teams.size === 0 && users.size === 0) return holds;
  return (caller) =>
    (caller.team !== null && teams.has(caller.team.teamId)) ||
    (caller.userId !== null && users.has(caller.userId)) ||
    holds?.(caller) === true;
}

/** Those who hold a shared budget that changed; undefined when none did. */
function holdersOf(change: IdentityChanged): ((holder: Pick<Caller, 'budgetIds'>) => boolean) | undefined {
  const budgets = new Set(change.budgetIds);
  if (budgets.size === 0) return undefined;
  return ({ budgetIds = [] }) => budgetIds.some((id) => budgets.has(id));
}
