import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '@signalbox/contracts';

const acting = new AsyncLocalStorage<Actor>();

/** Runs the work in somebody's name: what it changes in the database is written down as that actor's. */
export function actAs<Result>(actor: Actor, work: () => Result): Result {
  return acting.run(actor, work);
}

/** What Postgres is told at the beginning of a transaction; the trigger `audit_change` reads it there. */
export function actorSettings(): Readonly<Record<string, string>> | undefined {
  const actor = acting.getStore();
  return actor === undefined ? undefined : { 'signalbox.actor': JSON.stringify(actor) };
}
