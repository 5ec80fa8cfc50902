export { StackFailure } from './stack-failure.js';
export {
  ensureBinaries,
  ensureServerBinaries,
  type ServerBinariesOptions,
  type ServerBinary,
  type ServerName,
} from './servers/server-binaries.js';
