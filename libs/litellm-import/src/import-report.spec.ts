import { expect, it } from 'vitest';
import { formatReport, type ImportReport, type KindReport } from './import-report.js';

const kind: KindReport = {
  title: 'keys',
  table: 'LiteLLM_VerificationToken',
  read: 3,
  made: 1,
  changed: 0,
  same: 1,
  skipped: [{ label: 'key ci', text: 'its team is not there' }],
  remarks: [],
};
const report: ImportReport = {
  isDryRun: false,
  kinds: [kind],
  leftOut: [
    { table: 'LiteLLM_VerificationToken', column: 'spend', rows: 2, bounds: false },
    { table: 'LiteLLM_VerificationToken', column: 'model_max_budget', rows: 1, bounds: true },
  ],
  otherTables: new Map([['LiteLLM_ProxyModelTable', 4]]),
};

it('says what was copied, what was not, and why', () => {
  expect(formatReport(report)).toBe(
    [
      '         read      new  changed     same  skipped',
      'keys        3        1        0        1        1',
      '',
      'Skipped:',
      '  key ci: its team is not there',
      '',
      'Left out although they bound somebody in LiteLLM (set something in their place):',
      '  LiteLLM_VerificationToken.model_max_budget (1 row)',
      '',
      'Left out, for there is no use for them here:',
      '  LiteLLM_VerificationToken.spend (2 rows)',
      '',
      'Tables that are not copied:',
      '  LiteLLM_ProxyModelTable (4 rows)',
      '',
      'New or changed: 1. Every gateway knows.',
    ].join('\n'),
  );
});

it('says when there was nothing to do, and when nothing was done', () => {
  expect(formatReport({ ...report, kinds: [{ ...kind, made: 0 }] })).toContain('Nothing to change');
  expect(formatReport({ ...report, isDryRun: true })).toContain('this was a dry run');
});

it('does not fill the screen with a thousand of the same', () => {
  const skipped = Array.from({ length: 1_000 }, () => ({ label: 'key x', text: 'no' }));
  const text = formatReport({ ...report, kinds: [{ ...kind, skipped }] });
  expect(text).toContain('and 800 more');
  expect(text.split('\n').length).toBeLessThan(230);
});
