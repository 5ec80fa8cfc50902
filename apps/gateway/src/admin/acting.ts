import { AsyncLocalStorage } from 'node:async_hooks';
import { ACTOR_HEADER, type Actor } from '@signalbox/contracts';

const acting = new AsyncLocalStorage<Actor>();

/** Runs the work in somebody's name: what it asks of other services is asked in that name. */
export function actAs<Result>(actor: Actor, work: () => Result): Result {
  return acting.run(actor, work);
}

/** In whose name another service is asked now, as the headers of a message say it. */
export function actorHeaders(): Readonly<Record<string, string>> {
  const actor = acting.getStore();
  return actor === undefined ? {} : { [ACTOR_HEADER]: JSON.stringify(actor) };
}
