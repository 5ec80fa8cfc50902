import type { CallSettings } from '@signalbox/calls';
import type { Current, GeneralSettings } from '@signalbox/config';
import type { DecisionRecord, UsageRecord } from '@signalbox/contracts';
import type { EndUserDefaults } from '@signalbox/contracts';
import type { FollowedModels } from '@signalbox/live-settings';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import type { BatchSpill } from './outbox/spill/batch-spill.js';

/** Bounds of one gateway process; the defaults suit production. */
export interface GatewayLimits {
  /** How long a client may take to send a whole request, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long cached identities are believed after the bus was lost, milliseconds. */
  readonly identityLeaseMs: number;
  /** Age at which a cached identity is read again anyway, milliseconds. */
  readonly identityMaxAgeMs: number;
  readonly identityMaxEntries: number;
  /** Connections per provider endpoint. */
  readonly upstreamConnections: number;
  readonly upstreamConnectTimeoutMs: number;
  /** Largest whole answer taken from a provider, bytes. */
  readonly maxAnswerBytes: number;
  /** First wait before the same deployment is tried again, milliseconds; each further one is twice as long. */
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** How long a call waits until the router goes by the same configuration, milliseconds. */
  readonly agreeWithinMs: number;
  /** Records of usage, and as many of decisions, kept in memory while neither bus nor disk takes them. */
  readonly usageCapacity: number;
}

export const defaultLimits: GatewayLimits = {
  requestTimeoutMs: 60_000,
  identityLeaseMs: 30_000,
  identityMaxAgeMs: 60_000,
  identityMaxEntries: 50_000,
  upstreamConnections: 1_024,
  upstreamConnectTimeoutMs: 10_000,
  maxAnswerBytes: 64 * 1024 * 1024,
  firstBackoffMs: 500,
  longestBackoffMs: 8_000,
  agreeWithinMs: 5_000,
  usageCapacity: 100_000,
};

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly general: GeneralSettings;
  /** What holds for end users without a budget; absent: nothing. */
  readonly endUserDefaults?: EndUserDefaults | undefined;
  /** In force now; they may be replaced at any time. */
  readonly settings: Current<CallSettings>;
  /** Models that are added while the gateway runs; absent: none can be. */
  readonly models?: FollowedModels | undefined;
  /** Where usage goes while the bus is away; absent: it waits in memory. */
  readonly usageSpill?: BatchSpill<UsageRecord> | undefined;
  /** The same for decision records. */
  readonly decisionSpill?: BatchSpill<DecisionRecord> | undefined;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly version: string;
  readonly limits: GatewayLimits;
}
