import type { FakeUpstream, RecordedRequest } from '@signalbox/testing';
import type { CallPlan } from './call-plan.js';

/** What the provider did for one call. */
export interface Served {
  readonly attempts: number;
  /** Tokens of the answers that were given to their end. */
  readonly prompt: number;
  readonly answer: number;
}

/** Lets a pretended provider behave as each call's plan says, and keeps its books. */
export class ProviderBooks {
  private readonly plans = new Map<string, CallPlan>();
  private readonly served = new Map<string, Served>();

  constructor(upstream: FakeUpstream, sites: readonly string[]) {
    for (const site of sites) {
      upstream.behave(site, (request) => this.behaviourOf(request));
      upstream.onEnded(site, (request) => {
        this.note(request);
      });
    }
  }

  expect(plan: CallPlan): void {
    this.plans.set(plan.id, plan);
  }

  of(id: string): Served {
    return this.served.get(id) ?? { attempts: 0, prompt: 0, answer: 0 };
  }

  private behaviourOf(request: RecordedRequest) {
    const id = callOf(request);
    const before = this.of(id);
    this.served.set(id, { ...before, attempts: before.attempts + 1 });
    const [first, second, last] = this.plans.get(id)?.behaviours ?? [{}, {}, {}];
    return [first, second][before.attempts] ?? last;
  }

  private note(request: RecordedRequest): void {
    if (request.ended !== 'whole' || request.usage === undefined) return;
    const { prompt_tokens: prompt, completion_tokens: answer } = request.usage;
    const before = this.of(callOf(request));
    this.served.set(callOf(request), {
      ...before,
      prompt: before.prompt + prompt,
      answer: before.answer + answer,
    });
  }
}

function callOf({ body }: RecordedRequest): string {
  return (body as { user?: string }).user ?? '';
}
