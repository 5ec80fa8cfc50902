/** What is measured: where requests go and whose processor time counts. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  /** Requests that nobody counts, before it is measured: until the just-in-time compiler is done with it. */
  readonly warmUpRequests: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Process ids by role, e.g. `gateway`. */
  readonly processes: Readonly<Record<string, readonly number[]>>;
}
