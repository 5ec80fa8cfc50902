import { describe, expect, it } from 'vitest';
import { describeResidency, isRegionAllowed } from './allowed-region.js';

const sweden = { name: 'swedencentral', zone: 'eu', country: 'SE' };
const london = { name: 'uksouth', zone: 'uk', country: 'GB' };
const zurich = { name: 'switzerlandnorth', zone: 'ch', country: 'CH' };

function only(...allowed: string[]) {
  return [{ allowed, from: 'end_user' as const }];
}

describe('isRegionAllowed', () => {
  it.each(['eu', 'EU', 'SE', 'se', 'swedencentral', 'Sweden Central', ' eu '])(
    'finds Sweden in %j',
    (entry) => {
      expect(isRegionAllowed(sweden, only(entry))).toBe(true);
    },
  );

  it.each(['us', 'FR', 'sweden', 'e', '', ' '])('does not find Sweden in %j', (entry) => {
    expect(isRegionAllowed(sweden, only(entry))).toBe(false);
  });

  it('needs one entry of each restriction', () => {
    expect(isRegionAllowed(sweden, [...only('us', 'eu'), ...only('SE')])).toBe(true);
    expect(isRegionAllowed(sweden, [...only('us', 'eu'), ...only('FR')])).toBe(false);
  });

  it('keeps London and Zurich out of the EU, unless LiteLLM’s way is asked for', () => {
    for (const place of [london, zurich]) {
      expect(isRegionAllowed(place, only('eu'))).toBe(false);
      expect(isRegionAllowed(place, only('eu'), 'litellm')).toBe(true);
    }
    expect(isRegionAllowed({ name: 'norwayeast', zone: 'no', country: 'NO' }, only('eu'), 'litellm')).toBe(
      false,
    );
  });

  it('puts an unknown region outside of every restriction, and nowhere wrong without one', () => {
    expect(isRegionAllowed(undefined, only('eu'))).toBe(false);
    expect(isRegionAllowed(undefined, only('eu', 'us', 'ap'), 'litellm')).toBe(false);
    expect(isRegionAllowed(undefined, [])).toBe(true);
  });

  it('does not let a nameless region match an empty entry', () => {
    expect(isRegionAllowed({ name: '' }, only(''))).toBe(false);
  });
});

it('describes who demands which regions', () => {
  const residency = [...only('eu'), { allowed: ['DE', 'FR'], from: 'team' as const }];
  expect(describeResidency(residency)).toBe(
    'eu (demanded by the end user) and DE or FR (demanded by the team)',
  );
});
