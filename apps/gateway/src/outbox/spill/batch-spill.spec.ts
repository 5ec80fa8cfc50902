/** Real: files. Nothing is fake. */
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { usageRecorded, type UsageBatch, type UsageRecord } from '@signalbox/contracts';
import { createLogger } from '@signalbox/platform';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { frameOf, readFrames } from './batch-frame.js';
import { BatchSpill } from './batch-spill.js';

const logger = createLogger({ service: 'spec', level: 'silent' });

function aBatch(batchId: string, endUserId = 'ünïcode\n'): UsageBatch {
  const tokens = { prompt: 1, completion: 1, total: 2, source: 'provider' as const };
  const nobody = { region: null, keyHash: null, teamId: null };
  const call = { requestId: 'r', startedAt: 0, durationMs: 1, streamed: false, upstreamStatus: 200 };
  const served = { outcome: 'succeeded' as const, deploymentId: 'd', modelGroup: 'g' };
  return { batchId, records: [{ attemptId: batchId, ...call, ...served, ...nobody, endUserId, tokens }] };
}

describe('frames', () => {
  it('give back what was written', () => {
    const batches = [aBatch('1'), aBatch('2', ''), aBatch('3', '"}\\')];
    expect(readFrames(usageRecorded, Buffer.concat(batches.map(frameOf)))).toEqual({
      batches,
      damagedBytes: 0,
    });
  });

  it('that were cut short anywhere are left out, and everything before them is read', () => {
    const [first, last] = [frameOf(aBatch('1')), frameOf(aBatch('2'))];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: last.length - 1 }), (written) => {
        const reading = readFrames(usageRecorded, Buffer.concat([first, last.subarray(0, written)]));
        expect(reading).toEqual({ batches: [aBatch('1')], damagedBytes: written });
      }),
    );
  });

  it('of which a byte has changed are left out, and all others are read', () => {
    const frames = ['1', '2', '3'].map((id) => frameOf(aBatch(id)));
    const at = (frames[0]?.length ?? 0) + 50;
    const bytes = Buffer.concat(frames);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { batches, damagedBytes } = readFrames(usageRecorded, bytes);
    expect(batches.map(({ batchId }) => batchId)).toEqual(['1', '3']);
    expect(damagedBytes).toBe(frames[1]?.length);
  });
});

describe('BatchSpill', () => {
  let directory: string;
  const opened: BatchSpill<UsageRecord>[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'signalbox-spill-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((spill) => spill.close()));
    await rm(directory, { recursive: true, force: true });
  });

  async function open(words: { maxBytes?: number } = {}): Promise<BatchSpill<UsageRecord>> {
    const spill = await BatchSpill.open(usageRecorded, { directory, maxBytes: 1_000_000, logger, ...words });
    opened.push(spill);
    return spill;
  }
  const segments = async (): Promise<string[]> =>
    (await readdir(directory))
      .filter((file) => file.endsWith('.usage'))
      .map((file) => path.join(directory, file));
  const idsOf = async (spill: BatchSpill<UsageRecord>): Promise<string[] | undefined> =>
    (await spill.oldest())?.batches.map(({ batchId }) => batchId);
  /** The gateway that wrote here ends without a word, long enough ago. */
  async function dieLongAgo(): Promise<void> {
    for (const file of await readdir(directory))
      if (file.endsWith('.alive')) await utimes(path.join(directory, file), 1_000, 1_000);
  }

  it('gives back what was written, until it is deleted', async () => {
    const spill = await open();
    expect([await spill.write(aBatch('1')), await spill.write(aBatch('2'))]).toEqual([true, true]);
    const kept = await spill.oldest();
    expect(kept?.batches).toEqual([aBatch('1'), aBatch('2')]);
    // What comes while that is published goes elsewhere.
    await spill.write(aBatch('3'));
    expect(await idsOf(spill)).toEqual(['1', '2']);
    await kept?.delete();
    expect(await idsOf(spill)).toEqual(['3']);
    await (await spill.oldest())?.delete();
    expect([await spill.oldest(), spill.bytes, await segments()]).toEqual([undefined, 0, []]);
  });

  it('takes no more than it may, and more again when there is room', async () => {
    const spill = await open({ maxBytes: frameOf(aBatch('1')).length });
    expect([await spill.write(aBatch('1')), await spill.write(aBatch('2'))]).toEqual([true, false]);
    await (await spill.oldest())?.delete();
    expect(await spill.write(aBatch('2'))).toBe(true);
  });

  it('leaves the files of a gateway that lives alone', async () => {
    const first = await open();
    await first.write(aBatch('1'));
    const second = await open();
    expect(second.isEmpty).toBe(true);
    expect(await idsOf(first)).toEqual(['1']);
  });

  it('takes over what a gateway left that is gone, but for the frame it was writing when it was killed', async () => {
    const killed = await open();
    await killed.write(aBatch('1'));
    await killed.write(aBatch('2'));
    await dieLongAgo();
    const [file = ''] = await segments();
    await truncate(file, (await readFile(file)).length - 3);
    expect(await idsOf(await open())).toEqual(['1']);
  });

  it('takes over at once what a gateway left that was stopped', async () => {
    const stopped = await open();
    await stopped.write(aBatch('1'));
    await opened.splice(0)[0]?.close();
    expect(await idsOf(await open())).toEqual(['1']);
  });

  it('writes again what went to a file that was taken over meanwhile', async () => {
    const thoughtDead = await open();
    await thoughtDead.write(aBatch('1'));
    await dieLongAgo();
    const other = await open();
    expect(await idsOf(other)).toEqual(['1']);
    await (await other.oldest())?.delete();
    expect(await thoughtDead.write(aBatch('2'))).toBe(true);
    expect(await idsOf(thoughtDead)).toEqual(['2']);
  });

  it('gives a file to one gateway only when several want it', async () => {
    const killed = await open();
    await killed.write(aBatch('1'));
    await dieLongAgo();
    const others = await Promise.all([open(), open(), open()]);
    const found = await Promise.all(others.map(idsOf));
    expect(found.flat().filter((id) => id !== undefined)).toEqual(['1']);
  });

  it('tells when it takes files over later on', async () => {
    const spill = await BatchSpill.open(usageRecorded, { directory, maxBytes: 1_000, logger, leaseMs: 50 });
    opened.push(spill);
    const onAdopted = vi.fn();
    spill.onAdopted = onAdopted;
    await appendFile(path.join(directory, 'somebody.00000001.usage'), frameOf(aBatch('1')));
    await vi.waitFor(
      () => {
        expect(onAdopted).toHaveBeenCalled();
      },
      { timeout: 10_000 },
    );
    expect(await idsOf(spill)).toEqual(['1']);
  });

  it('passes over what nobody wrote', async () => {
    await writeFile(path.join(directory, 'notes.txt'), 'hello');
    await writeFile(path.join(directory, 'x.1.usage'), 'no frame at all');
    const spill = await open();
    expect((await spill.oldest())?.batches).toEqual([]);
    expect(await readdir(directory)).toContain('notes.txt');
  });

  it('says why it cannot begin', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    await expect(BatchSpill.open(usageRecorded, { directory: file, maxBytes: 1, logger })).rejects.toThrow(
      'EEXIST',
    );
  });
});
