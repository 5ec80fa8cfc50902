import { describe, expect, it } from 'vitest';
import type { Region, Residency, RouteDecision } from '@signalbox/contracts';
import { aCatalog, aDeployment, aRegion, type DeploymentWords } from '@signalbox/routing/testing';
import { indexDeployments } from './deployment-index.js';
import { Permit } from './permit.js';

const eu: Residency = { allowed: ['eu'], from: 'end_user' };
const us: Residency = { allowed: ['us'], from: 'request' };

function permitFor(
  words: DeploymentWords,
  residency: Residency[],
  more: { learned?: Region; contradicted?: Region; decision?: Partial<RouteDecision> } = {},
): Permit {
  const catalog = aCatalog([aDeployment({ id: 'one', ...words })]);
  const decision: RouteDecision = {
    outcome: 'chosen',
    requestId: 'r',
    attemptId: 'a',
    deploymentId: 'one',
    modelGroup: 'gpt-4',
    catalogVersion: catalog.version,
    verdicts: [],
    rateLimits: {},
    reservedTokens: 0,
    region: aRegion('eu'),
    ...more.decision,
  };
  const settings = { catalog, deployments: indexDeployments(catalog) };
  return Permit.forDecision(decision, residency, settings, {
    learnedRegion: () => more.learned,
    contradictedRegion: () => more.contradicted,
  });
}

describe('Permit', () => {
  it('is given where the deployment lies inside every restriction', () => {
    expect(permitFor({ region: aRegion('eu') }, [eu]).deployment.id).toBe('one');
    expect(permitFor({}, [eu], { learned: aRegion('eu') }).region).toEqual(aRegion('eu'));
    expect(permitFor({}, []).region).toBeUndefined();
  });

  it.each([
    ['outside', { region: aRegion('us') }, [eu]],
    ['inside one restriction of two', { region: aRegion('eu') }, [eu, us]],
    ['nowhere known, whatever the router claims', {}, [eu]],
  ])('is refused for a deployment %s', (_, words, residency) => {
    expect(() => permitFor(words, residency)).toThrow('residency_violation');
  });

  it('is refused where what was declared and what was learned differ: the declared region counts', () => {
    expect(() => permitFor({ region: aRegion('us') }, [eu], { learned: aRegion('eu') })).toThrow(
      'residency_violation',
    );
  });

  it('is refused where the provider answers from elsewhere than was declared', () => {
    expect(() => permitFor({ region: aRegion('eu') }, [eu], { contradicted: aRegion('us') })).toThrow(
      'residency_violation',
    );
    expect(permitFor({ region: aRegion('eu') }, [], { contradicted: aRegion('us') }).region).toBeUndefined();
  });

  it('is refused for a deployment we do not know and for another configuration', () => {
    expect(() => permitFor({}, [], { decision: { deploymentId: 'unheard-of' } })).toThrow('catalog_mismatch');
    expect(() => permitFor({}, [], { decision: { catalogVersion: 'another' } })).toThrow('catalog_mismatch');
  });
});
