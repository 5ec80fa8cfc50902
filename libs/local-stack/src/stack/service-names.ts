/** The four services, in the order in which they are stopped: who calls others goes before them. */
export const serviceNames = ['gateway', 'router', 'identity', 'usage'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** How many processes of each service run. */
export type Replicas = Record<ServiceName, number>;

export const oneOfEach: Replicas = { gateway: 1, router: 1, identity: 1, usage: 1 };
