import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aRouteRequest, aTeam } from '../testing-builders.js';
import { teamAccess } from './team-access.js';

const facts = { learnedRegion: () => undefined, rules: aCatalog([]) };
const ofRed = aDeployment({ teamId: 'red' });

describe('team access', () => {
  it('lets a team use its own deployment', () => {
    expect(teamAccess(ofRed, aRouteRequest({ team: aTeam({ teamId: 'red' }) }), facts)).toBeUndefined();
  });

  it('refuses another team, and a caller without a team', () => {
    for (const team of [aTeam({ teamId: 'blue' }), null]) {
      expect(teamAccess(ofRed, aRouteRequest({ team }), facts)?.code).toBe('team_access');
    }
  });

  it('leaves deployments of nobody to everybody', () => {
    expect(teamAccess(aDeployment(), aRouteRequest(), facts)).toBeUndefined();
  });
});
