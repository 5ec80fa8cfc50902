import type { Bus } from '@signalbox/messaging';
import type { Check } from '@signalbox/platform';

export interface ReadinessReport {
  readonly status: 'connected' | 'disconnected' | 'starting' | 'shutting down';
  readonly bus: 'connected' | 'disconnected';
  readonly cache: null;
  readonly litellm_version: string;
}

/** Whether this instance should be sent calls: it can hear the bus, can keep
 * what calls use and is not about to end. */
export class Readiness {
  private isDraining = false;

  constructor(
    private readonly bus: Pick<Bus, 'isConnected'>,
    /** What keeps records of calls. */
    private readonly outboxes: readonly { readonly refusesCalls: boolean }[],
    private readonly version: string,
    /** Those that are added while the gateway runs. */
    private readonly models?: { readonly isKnown: boolean },
  ) {}

  get draining(): boolean {
    return this.isDraining;
  }

  /** From now on load balancers are told to send nothing new. */
  startDraining(): void {
    this.isDraining = true;
  }

  checks(): Check[] {
    return [
      { name: 'bus', ok: this.bus.isConnected() },
      { name: 'accepting', ok: !this.isDraining },
      { name: 'usage', ok: !this.outboxes.some(({ refusesCalls }) => refusesCalls) },
      ...(this.models === undefined ? [] : [{ name: 'models', ok: this.models.isKnown }]),
    ];
  }

  report(): ReadinessReport {
    const bus = this.bus.isConnected() ? 'connected' : 'disconnected';
    const running = this.models?.isKnown === false ? 'starting' : bus;
    const status = this.isDraining ? 'shutting down' : running;
    return { status, bus, cache: null, litellm_version: this.version };
  }
}
