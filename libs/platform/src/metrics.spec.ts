import { afterAll, beforeAll, expect, it } from 'vitest';
import { totals } from './metrics.js';
import { startOpsServer, type OpsServer } from './ops-server.js';

let server: OpsServer;
beforeAll(async () => {
  server = await startOpsServer({ host: '127.0.0.1', port: 0, service: 'test', readiness: () => [] });
});
afterAll(() => server.close());

const samplesOf = async (name: string): Promise<string[]> => {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  return (await response.text()).split('\n').filter((line) => line.startsWith(name));
};

it('shows totals by their labels, and grows them', async () => {
  const meals = totals('test_meals', 'Meals by kind.');
  const [breakfasts, dinners] = [meals({ kind: 'breakfast' }), meals({ kind: 'dinner' })];
  breakfasts.add(2);
  expect(await samplesOf('test_meals')).toEqual([
    'test_meals_total{kind="breakfast"} 2',
    'test_meals_total{kind="dinner"} 0',
  ]);
  breakfasts.add(1);
  dinners.add(5);
  expect(await samplesOf('test_meals')).toEqual([
    'test_meals_total{kind="breakfast"} 3',
    'test_meals_total{kind="dinner"} 5',
  ]);
});
