export { defaultLimits, type GatewayLimits, type GatewayOptions } from './gateway-options.js';
export type { RunningGateway } from './running-gateway.js';
export { startGateway } from './start-gateway.js';
