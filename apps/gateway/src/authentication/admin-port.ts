import type { IncomingMessage } from 'node:http';
import type { RouteRule } from './route-rules.js';

/**
 * What is served where, once the admin API has a port of its own: calls at the public one, what only some may use at
 * the other, and at both what needs no key. Elsewhere a route is as if it did not exist.
 */
export class AdminPort {
  private readonly requests = new WeakSet<IncomingMessage>();

  constructor(private readonly isSeparate: boolean) {}

  /** Remembers that a request came in by the admin port. */
  note(request: IncomingMessage): void {
    this.requests.add(request);
  }

  /** Whether a route may be reached by the port that a request came in by. */
  serves(request: IncomingMessage, { users }: RouteRule): boolean {
    if (!this.isSeparate || users.includes('anybody')) return true;
    return users.includes('caller') !== this.requests.has(request);
  }
}
