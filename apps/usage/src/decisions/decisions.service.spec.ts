// Real: NATS with JetStream on disk, Postgres, up to two replicas, keys and signatures. Fake: the clock.
import { generateKeyPairSync } from 'node:crypto';
import {
  decisionExport,
  decisionExportPage,
  decisionPublicKey,
  decisionRead,
  decisionRecorded,
  valueOf,
  type DecisionBatch,
  type DecisionRecord,
} from '@signalbox/contracts';
import { partitionOf, recordHash, verifyExport, type Verification } from '@signalbox/decision-records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDecisionBatch, aDecisionRecord } from '../spec-support/a-decision-record.js';
import { useUsageServers } from '../spec-support/use-usage-servers.js';
import { DecisionRetention } from './decision-retention.js';
import { DecisionSigner } from './decision-signer.js';
import { DecisionsRepository } from './decisions.repository.js';

const now = Date.UTC(2026, 10, 1, 10, 5, 30);
const patience = { timeout: 30_000, interval: 20 };

const servers = await useUsageServers();

beforeEach(async () => {
  await servers.database.decisionEntry.deleteMany();
  await servers.database.decisionHead.deleteMany();
});
afterEach(() => servers.stopServices());

const startReplica = () => servers.startReplica(() => now);
const publish = (batch: DecisionBatch) => servers.gateway.publish(decisionRecorded, batch, batch.batchId);
const chained = () => servers.database.decisionEntry.count();
const append = (records: readonly DecisionRecord[], key = servers.keys.privateKey) =>
  new DecisionsRepository(servers.database, () => now, new DecisionSigner(key, () => now)).append(records);

interface Period {
  from?: string;
  until?: string;
}

async function exported(endUserId: string, period: Period = {}): Promise<string[]> {
  const begun = valueOf(await servers.gateway.call(decisionExport, { endUserId, ...period }));
  const lines = [begun.line];
  for (let { after } = begun; after < begun.last;) {
    const page = valueOf(
      await servers.gateway.call(decisionExportPage, { endUserId, after, last: begun.last }),
    );
    lines.push(...page.lines);
    after += page.lines.length;
  }
  return lines;
}

async function verified(endUserId: string, period: Period = {}): Promise<Verification> {
  return verifyExport(await exported(endUserId, period), [servers.keys.publicKey]);
}

/** Others whose records are in the same chain. */
function neighboursOf(endUserId: string, count: number): string[] {
  const partition = partitionOf(`end_user:${endUserId}`);
  const names: string[] = [];
  for (let number = 0; names.length < count; number += 1) {
    if (partitionOf(`end_user:n${number}`) === partition) names.push(`n${number}`);
  }
  return names;
}

describe('decision records', () => {
  it('are chained once, whatever comes twice and however many replicas there are', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const batches = Array.from({ length: 20 }, (_, number) =>
      aDecisionBatch(aDecisionRecord('customer-45'), aDecisionRecord(`other-${number}`), aDecisionRecord()),
    );
    const again = batches.map((batch) => ({ ...batch, batchId: `${batch.batchId}-again` }));
    await Promise.all([...batches, ...again].map(publish));
    await expect.poll(chained, patience).toBe(60);
    await expect.poll(async () => (await verified('customer-45')).ok && chained(), patience).toBe(60);
    expect(await verified('customer-45')).toMatchObject({ ok: true, records: 20 });
  });

  it('are found by their id, with their place in the chain', async () => {
    await startReplica();
    const record = aDecisionRecord('customer-45');
    await publish(aDecisionBatch(record));
    await expect.poll(chained, patience).toBe(1);
    const read = valueOf(await servers.gateway.call(decisionRead, { decisionId: record.decisionId }));
    expect(read).toMatchObject({ record, sequence: 1, partition: partitionOf('end_user:customer-45') });
    const [row] = await servers.database.decisionEntry.findMany();
    expect(recordHash(row?.record ?? '')).toBe(read.recordHash);
    const missing = await servers.gateway.call(decisionRead, { decisionId: 'nowhere' });
    expect(missing).toMatchObject({ ok: false, fault: { code: 'record_not_found' } });
  });

  it('may hold any text that JSON can', async () => {
    await startReplica();
    const strange = 'a\0b\ud800"\\\u2028é';
    const record = aDecisionRecord(strange, { requestId: strange });
    expect(await append([record])).toBe(1);
    expect(await verified(strange)).toMatchObject({ ok: true, records: 1 });
  });

  it('wait in the stream while Postgres is away', async () => {
    await startReplica();
    await servers.takeAway('postgres');
    await publish(aDecisionBatch(aDecisionRecord('customer-45')));
    await servers.bringBack('postgres');
    await expect.poll(() => chained().catch(() => 0), patience).toBe(1);
  });
});

describe('an export', () => {
  it('has the records of the end user in full, and hashes of the others in its chain', async () => {
    await startReplica();
    const [neighbour = ''] = neighboursOf('customer-45', 1);
    for (const name of [neighbour, 'customer-45', neighbour]) await append([aDecisionRecord(name)]);
    const text = (await exported('customer-45')).join('\n');
    expect(await verified('customer-45')).toMatchObject({ ok: true, records: 1, others: 2 });
    expect(text).toContain('"endUserId":"customer-45"');
    expect(text).not.toContain(`"${neighbour}"`);
  });

  it('of nobody has no records and is genuine', async () => {
    await startReplica();
    expect(await verified('never seen')).toMatchObject({ ok: true, records: 0, others: 0 });
  });

  it('of a period lies between the heads around it', async () => {
    await startReplica();
    for (const day of ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04']) {
      await append([aDecisionRecord('customer-45', { decidedAt: `${day}T12:00:00.000Z` })]);
    }
    const period = { from: '2026-10-02T00:00:00.000Z', until: '2026-10-04T00:00:00.000Z' };
    const verification = await verified('customer-45', period);
    expect(verification).toMatchObject({
      ok: true,
      records: 2,
      manifest: { ...period, begin: { sequence: 1 }, end: { sequence: 3 } },
    });
  });

  it('of many records comes in pages', async () => {
    await startReplica();
    const [neighbour = ''] = neighboursOf('customer-45', 1);
    const keyModels = Array.from({ length: 400 }, (_, number) => `a-model-of-some-name-${number}`);
    const policy = { residency: [], tags: [], keyModels, teamModels: [] };
    await append(
      Array.from({ length: 1_200 }, (_, number) =>
        aDecisionRecord(number % 3 === 0 ? 'customer-45' : neighbour, { policy }),
      ),
    );
    expect(await verified('customer-45')).toMatchObject({ ok: true, records: 400, others: 800 });
  });

  it.each([
    [
      'changed',
      `UPDATE decision_records SET record = replace(record, 'azure-eu', 'azure-us') WHERE sequence = 2`,
    ],
    ['deleted', 'DELETE FROM decision_records WHERE sequence = 2'],
    ['given to another', `UPDATE decision_records SET subject_hash = record_hash WHERE sequence = 2`],
    [
      'moved',
      `UPDATE decision_records AS one SET record = other.record, record_hash = other.record_hash
        FROM decision_records AS other WHERE one.sequence = 2 AND other.sequence = 3`,
    ],
  ])('shows that a record was %s in the database', async (_, statement) => {
    await startReplica();
    await append(Array.from({ length: 4 }, () => aDecisionRecord('customer-45')));
    expect(await verified('customer-45')).toMatchObject({ ok: true });
    await servers.database.$executeRawUnsafe(statement);
    const result = await verified('customer-45').catch(() => ({ ok: false }));
    expect(result).toMatchObject({ ok: false });
  });

  it('of a house that took a new key is checked with both', async () => {
    const former = generateKeyPairSync('ed25519');
    await startReplica();
    await append(
      [aDecisionRecord('customer-45', { decidedAt: '2026-10-01T00:00:00.000Z' })],
      former.privateKey,
    );
    await append([aDecisionRecord('customer-45')]);
    const lines = await exported('customer-45', { from: '2026-10-02T00:00:00.000Z' });
    expect(await verifyExport(lines, [servers.keys.publicKey])).toMatchObject({ ok: false, line: 1 });
    const both = [former.publicKey, servers.keys.publicKey];
    expect(await verifyExport(lines, both)).toMatchObject({ ok: true, records: 1 });
    const { pem } = valueOf(await servers.gateway.call(decisionPublicKey, {}));
    expect(pem).toBe(servers.keys.publicKey.export({ type: 'spki', format: 'pem' }));
  });
});

describe('old records', () => {
  it('are deleted from the beginning of their chains, and the rest can still be checked', async () => {
    await startReplica();
    const days = ['2026-09-01', '2026-09-02', '2026-10-30', '2026-09-03', '2026-10-31'];
    for (const day of days) {
      await append([
        aDecisionRecord('customer-45', { decidedAt: `${day}T12:00:00.000Z` }),
        aDecisionRecord('other', { decidedAt: `${day}T12:00:00.000Z` }),
      ]);
    }
    const retention = new DecisionRetention(servers.database);
    expect(await retention.deleteBefore(new Date('2026-10-01'))).toBe(4);
    expect(await verified('customer-45')).toMatchObject({
      ok: true,
      records: 3,
      manifest: { begin: { sequence: 2 } },
    });
    expect(await retention.deleteBefore(new Date('2026-12-01'))).toBe(6);
    expect(await verified('customer-45')).toMatchObject({ ok: true, records: 0 });
    await append([aDecisionRecord('customer-45')]);
    expect(await verified('customer-45')).toMatchObject({ ok: true, records: 1 });
  });
});
