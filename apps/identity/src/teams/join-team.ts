import { randomUUID } from 'node:crypto';
import type { NewMember } from '@signalbox/contracts';
import type { Prisma } from '@signalbox/database';

/** A member as it is kept: somebody who has a record. */
export interface KnownMember {
  readonly userId: string;
  readonly role: NewMember['role'];
}

/**
 * Who is meant, each once, in the order given; who has no record gets one. Somebody known by id needs no address, and
 * an address that is another user's already is left with that user.
 */
export async function knownMembers(
  transaction: Prisma.TransactionClient,
  members: readonly NewMember[],
): Promise<KnownMember[]> {
  const byAddress = members.flatMap(({ user_id: id, user_email: email }) => (id ? [] : [email ?? '']));
  const named = members.flatMap(({ user_id: id, user_email: email }) =>
    id ? [{ id, email: email ?? null }] : [],
  );
  // Always in one order, so that two teams that take in the same people cannot wait for each other.
  const users = [...named, ...byAddress.map((email) => ({ id: randomUUID(), email }))].sort(byEmail);
  await transaction.user.createMany({ data: users, skipDuplicates: true });
  const ids = named.map(({ id }) => ({ id })).sort((one, other) => (one.id < other.id ? -1 : 1));
  await transaction.user.createMany({ data: ids, skipDuplicates: true });
  const owners = await transaction.user.findMany({
    where: { email: { in: byAddress } },
    select: { id: true, email: true },
  });
  const ownerOf = new Map(owners.map(({ id, email }) => [email, id]));
  const roles = new Map<string, NewMember['role']>();
  for (const { user_id: id, user_email: email, role } of members) {
    const userId = id ?? ownerOf.get(email ?? '') ?? '';
    if (!roles.has(userId)) roles.set(userId, role);
  }
  return [...roles].map(([userId, role]) => ({ userId, role }));
}

function byEmail(
  one: { id: string; email: string | null },
  other: { id: string; email: string | null },
): number {
  return (one.email ?? one.id) < (other.email ?? other.id) ? -1 : 1;
}
