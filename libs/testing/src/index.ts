export {
  aCatalog,
  aDeployment,
  aRegion,
  aRouteRequest,
  aTeam,
  type DeploymentWords,
} from './builders/routing-builders.js';
export type { Behaviour, Script } from './fake-upstream/behaviour.js';
export type { RecordedRequest } from './fake-upstream/fake-site.js';
export {
  startFakeUpstream,
  type FakeUpstream,
  type FakeUpstreamOptions,
} from './fake-upstream/fake-upstream.js';
