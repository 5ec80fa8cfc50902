import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { BucketContract, Contract } from './contract.js';
import * as exported from './index.js';

// Real schemas, real files. A frozen sample is a message that some running version may still send:
// when one no longer parses, or loses a field on the way, make a v2 subject instead of editing the sample.

interface Part {
  readonly name: string;
  readonly schema: z.ZodType;
}

const samples = new URL('../samples/', import.meta.url);
const fileNames = readdirSync(samples);

function isContract(candidate: unknown): candidate is Contract | BucketContract {
  return typeof candidate === 'object' && candidate !== null && 'kind' in candidate;
}

function partsOf(contract: Contract | BucketContract): Part[] {
  switch (contract.kind) {
    case 'call':
      return [
        { name: `${contract.subject}.request`, schema: contract.request },
        { name: `${contract.subject}.value`, schema: contract.value },
      ];
    case 'event':
    case 'stream':
      return [{ name: `${contract.subject}.event`, schema: contract.event }];
    case 'bucket':
      return [{ name: `${contract.bucket}.value`, schema: contract.value }];
  }
}

function samplesOf(part: Part): string[] {
  return fileNames.filter((file) => file === `${part.name}.json` || file.startsWith(`${part.name}.`));
}

const everything: unknown[] = Object.values(exported);
const contracts = everything.filter(isContract);
const parts = contracts.flatMap(partsOf);

describe('frozen samples', () => {
  it('finds the contracts', () => {
    expect(contracts.length).toBeGreaterThan(20);
    expect(new Set(parts.map((part) => part.name)).size).toBe(parts.length);
  });

  it.each(parts)('has a sample of $name', (part) => {
    expect(samplesOf(part)).not.toEqual([]);
  });

  it.each(parts.flatMap((part) => samplesOf(part).map((file) => ({ file, schema: part.schema }))))(
    'still reads everything in $file',
    ({ file, schema }) => {
      const message: unknown = JSON.parse(readFileSync(new URL(file, samples), 'utf8'));
      expect(schema.parse(message)).toMatchObject(message as object);
    },
  );

  it('belongs to a contract, each file', () => {
    const known = new Set(parts.flatMap(samplesOf));
    expect(fileNames.filter((file) => !known.has(file))).toEqual([]);
  });

  it('names subjects as noun, verb, version', () => {
    const subjects = contracts.flatMap((contract) => (contract.kind === 'bucket' ? [] : [contract.subject]));
    expect(subjects.filter((subject) => !/^[a-z-]+\.[a-z-]+\.v[1-9]\d*$/.test(subject))).toEqual([]);
  });
});
