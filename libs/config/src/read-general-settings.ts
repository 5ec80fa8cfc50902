import { generalKeys } from './not-acted-on.js';
import type { Environment } from './resolve-environment.js';
import { SectionReader } from './section-reader.js';
import { decisionRecords, usageWhenFull, type GeneralSettings } from './settings.js';

const BYTES_PER_MEGABYTE = 1024 * 1024;
/** Room for a few dozen images in base64, as large as OpenAI itself accepts. */
const DEFAULT_MAX_REQUEST_MEGABYTES = 50;

const LAST_PORT = 65_535;

/** Reads `general_settings`; `LITELLM_MASTER_KEY` and `DATABASE_URL` fill in what it does not say. */
export function readGeneralSettings(general: SectionReader, environment: Environment): GeneralSettings {
  const masterKey = readMasterKey(general, environment);
  const databaseUrl =
    general.text('database_url') ?? (general.has('database_url') ? undefined : environment['DATABASE_URL']);
  const megabytes = general.number('max_request_size_mb');
  if (megabytes === 0) general.fault('max_request_size_mb', 'must be more than 0');
  const perGateway = general.number('global_max_parallel_requests', { whole: true, min: 1 });
  const maxParallelRequests = general.number('max_parallel_requests', { whole: true, min: 1 }) ?? perGateway;
  const userHeaderName = general.text('user_header_name')?.toLowerCase();
  const keyHeaderName = general.text('litellm_key_header_name')?.toLowerCase();
  const userHeaderMappings = readMappings(general);
  const compatLevel = general.oneOf('compat_level', ['signalbox', 'litellm']) ?? 'signalbox';
  const allowMockTesting = general.flag('allow_mock_testing') ?? false;
  const rejectClientTags = general.flag('reject_clientside_metadata_tags') ?? false;
  const adminPort = general.number('admin_port', { whole: true, min: 0, max: LAST_PORT });
  const adminHost = general.text('admin_host');
  if (adminHost !== undefined && adminPort === undefined)
    general.warn('admin_host', 'has no effect without admin_port');
  const whenFull = general.oneOf('usage_when_full', usageWhenFull) ?? 'refuse';
  const records = general.oneOf('decision_records', decisionRecords) ?? 'all';
  const retentionDays = readRetentionDays(general);
  general.noteTheRest(generalKeys);
  return {
    ...(masterKey === undefined ? {} : { masterKey }),
    ...(databaseUrl === undefined || databaseUrl === '' ? {} : { databaseUrl }),
    maxRequestSizeBytes: Math.floor((megabytes ?? DEFAULT_MAX_REQUEST_MEGABYTES) * BYTES_PER_MEGABYTE),
    ...(maxParallelRequests === undefined ? {} : { maxParallelRequests }),
    ...(userHeaderName === undefined ? {} : { userHeaderName }),
    userHeaderMappings,
    ...(keyHeaderName === undefined ? {} : { keyHeaderName }),
    ...(adminPort === undefined ? {} : { adminPort, ...(adminHost !== undefined && { adminHost }) }),
    compatLevel,
    ...(allowMockTesting && { allowMockTesting }),
    ...(rejectClientTags && { rejectClientTags }),
    ...(retentionDays !== undefined && { spendLogsRetentionDays: retentionDays }),
    usageWhenFull: whenFull,
    decisionRecords: records,
  };
}

const daysOf: Readonly<Record<string, number>> = { d: 1, w: 7, mo: 30 };

/** No shorter than a day: an attempt that came again after it was deleted would count twice. */
function readRetentionDays(general: SectionReader): number | undefined {
  const name = 'maximum_spend_logs_retention_period';
  const text = general.text(name);
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^([1-9]\d{0,4})(d|w|mo)$/.exec(text) ?? [];
  const days = daysOf[unit];
  if (days === undefined) general.fault(name, 'must be days, weeks or months, like 30d');
  return days === undefined ? undefined : Number(count) * days;
}

function readMasterKey(general: SectionReader, environment: Environment): string | undefined {
  const fromEnvironment = environment['LITELLM_MASTER_KEY'];
  const key = general.text('master_key') ?? (general.has('master_key') ? undefined : fromEnvironment);
  if (key === undefined || key === '') return undefined;
  if (/^sk-[\x21-\x7e]+$/.test(key)) return key;
  const origin = general.has('master_key') ? '' : ' (from LITELLM_MASTER_KEY)';
  general.fault('master_key', `must start with "sk-"${origin}`);
  return undefined;
}

/** LiteLLM maps headers to internal users too; ours are the keys' own and cannot be claimed by a header. */
function readMappings(general: SectionReader): string[] {
  return general.items('user_header_mappings').flatMap(({ value, path }) => {
    const mapping = SectionReader.of(value, path, general.notes);
    const headerName = mapping.text('header_name');
    const role = mapping.oneOf('litellm_user_role', ['customer', 'internal_user']);
    if (!mapping.has('header_name')) mapping.fault('header_name', 'is missing');
    if (!mapping.has('litellm_user_role')) mapping.fault('litellm_user_role', 'is missing');
    if (role === 'internal_user')
      mapping.warn('litellm_user_role', '"internal_user" is not supported yet, ignored');
    mapping.noteTheRest(new Set());
    return headerName === undefined || role !== 'customer' ? [] : [headerName.toLowerCase()];
  });
}
