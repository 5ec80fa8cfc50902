import { expect, it } from 'vitest';
import type { Measurement } from './alternate.js';
import { formatTargets } from './format-targets.js';

function aMeasurement(cpuSum: number, p99 = 0): Measurement {
  return {
    label: '',
    windows: 20,
    discarded: 0,
    foreignShare: 0,
    requests: 0,
    cpuPerRequest: { gateway: cpuSum / 2 },
    cpuSum,
    requestsPerSecond: 0,
    p50: 0,
    p99,
  };
}

const raw = aMeasurement(50, 1.5);
const results = {
  saturated: { direct: raw, raw, control: raw, few: aMeasurement(200), many: aMeasurement(500) },
  paced: { direct: aMeasurement(0, 1), raw, signalbox: aMeasurement(200, 3) },
  streams: { raw, control: raw, signalbox: aMeasurement(110) },
  admission: [],
};

it('compares with the targets', () => {
  const page = formatTargets({ ...results, peer: undefined });
  expect(page).toContain('| system CPU, x raw proxy | 4.00 | <= 7 | <= 4 | goal |');
  expect(page).toContain('| streams, gateway CPU, x raw pipe | 1.10 | <= 1.5 | <= 1.2 | goal |');
  expect(page).toContain(
    '| 300 candidate deployments, x 3, system CPU | 2.50 | <= 2 | <= 1.3 | **missed** |',
  );
  expect(page).toContain('No other gateway took part');
  expect(page).not.toContain("peer's");
});

it('compares with the peer: what it takes and what it adds, over ours', () => {
  const page = formatTargets({
    ...results,
    peer: 'Other gateway 1.2.3',
    saturated: { ...results.saturated, peer: aMeasurement(500) },
    paced: { ...results.paced, peer: aMeasurement(500, 21) },
  });
  expect(page).toContain("| peer's CPU, x our system CPU | 2.50 | >= 2 | >= 3.5 | milestone |");
  expect(page).toContain("| peer's p99 added at 1,000 requests/s, x ours | 10.00 | >= 2 | >= 5 | goal |");
  expect(page).toContain('The peer is the Other gateway 1.2.3');
});
