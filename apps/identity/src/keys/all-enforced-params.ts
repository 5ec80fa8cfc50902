import { z } from 'zod';

interface Enforcing {
  readonly enforcedParams: readonly string[];
  readonly metadata: unknown;
}

/** LiteLLM's place for them. */
const enforcingMetadata = z.object({ enforced_params: z.array(z.string()) });

/** Fields that calls with a key must have: those of the key and of its team, each once. */
export function allEnforcedParams(key: Enforcing, team: Enforcing | null): string[] {
  return [...new Set([key, ...(team === null ? [] : [team])].flatMap(enforcedParams))];
}

function enforcedParams(record: Enforcing): string[] {
  const { data } = enforcingMetadata.safeParse(record.metadata);
  return [...record.enforcedParams, ...(data?.enforced_params ?? [])];
}
