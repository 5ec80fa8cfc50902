export { ImportFailure } from './import-failure.js';
export { importLitellm, type ImportOptions } from './import-litellm.js';
export { formatReport, type ImportReport, type KindReport } from './import-report.js';
