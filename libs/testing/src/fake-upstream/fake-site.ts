import type { IncomingHttpHeaders } from 'node:http';
import type { Behaviour, Script } from './behaviour.js';
import type { Usage } from './model-answer.js';

/** What a site received, as it received it. */
export interface RecordedRequest {
  id: number;
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed when it was JSON, a RecordedForm when it was a form, the text otherwise, undefined when there was none. */
  body: unknown;
  /** The caller went away before the answer was complete. */
  aborted: boolean;
  /** How the answer ended; absent while it is under way. */
  ended?: 'whole' | 'cut off' | 'aborted';
  /** What the whole answer uses, reported or not; absent where the answer is none of a model. */
  usage?: Usage | undefined;
}

/** One pretended provider location: its script and its memory (the last thousand requests). */
export class FakeSite {
  private waiting: Behaviour[] = [];
  private standing: Behaviour | ((request: RecordedRequest) => Behaviour) = {};
  private received: RecordedRequest[] = [];
  private count = 0;
  private readonly listeners = new Set<() => void>();
  private readonly endListeners: ((request: RecordedRequest) => void)[] = [];

  constructor(readonly name: string) {}

  follow({ next = [], always }: Script): void {
    this.waiting.push(...next);
    if (always !== undefined) this.standing = always ?? {};
  }

  reset(): void {
    this.waiting = [];
    this.standing = {};
    this.received = [];
  }

  get requests(): readonly RecordedRequest[] {
    return this.received;
  }

  /** From now on requests for which no script waits are answered as the function says. */
  behave(choose: (request: RecordedRequest) => Behaviour): void {
    this.standing = choose;
  }

  behaviourFor(request: RecordedRequest): Behaviour {
    const { standing } = this;
    return this.waiting.shift() ?? (typeof standing === 'function' ? standing(request) : standing);
  }

  onEnded(listener: (request: RecordedRequest) => void): void {
    this.endListeners.push(listener);
  }

  ended(request: RecordedRequest, how: NonNullable<RecordedRequest['ended']>): void {
    request.ended = how;
    request.aborted = how === 'aborted';
    for (const listener of this.endListeners) listener(request);
    if (request.aborted) this.changed();
  }

  record(request: Omit<RecordedRequest, 'id' | 'aborted'>): RecordedRequest {
    this.count += 1;
    const recorded = { id: this.count, ...request, aborted: false };
    this.received.push(recorded);
    if (this.received.length > 1_000) this.received.shift();
    this.changed();
    return recorded;
  }

  /** Tells those who wait for something that something happened. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Resolves as soon as the condition holds, now or after some later request. */
  until(condition: (requests: readonly RecordedRequest[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this.received)) return;
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      look();
    });
  }

  /** The region that Azure would report for this site; by the first word of its name. */
  get azureRegion(): string | undefined {
    return azureRegions[this.name.split('-')[0] ?? ''];
  }
}

const azureRegions: Record<string, string> = {
  eu: 'Germany West Central',
  us: 'East US',
  sweden: 'Sweden Central',
};
