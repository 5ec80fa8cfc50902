export { canonicalJson, type Json } from './canonical-json.js';
export {
  emptyChain,
  extendChain,
  partitionCount,
  partitionOf,
  recordHash,
  subjectHash,
  subjectOf,
  type ChainHead,
  type ChainLink,
  type Subject,
} from './chain.js';
export {
  entryLine,
  manifestLine,
  type ExportEntry,
  type ExportManifest,
  type SignedHead,
} from './export-lines.js';
export { isSigned, keyIdOf, signed, type Signed } from './signed.js';
export { verifyExport, type Verification } from './verify-export.js';
export { exitCodes, verifyCommand, type CommandSurroundings } from './verify-command.js';
