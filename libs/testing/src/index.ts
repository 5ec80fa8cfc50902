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
export type { RecordedFile, RecordedForm } from './fake-upstream/recorded-form.js';
export { startServers, type TestServers, type TestServersOptions } from './system/start-servers.js';
export { startSignalbox, type Signalbox, type SignalboxOptions } from './system/start-signalbox.js';
export {
  createTestDatabase,
  startOwnPostgres,
  startTestPostgres,
  type OwnPostgres,
  type TestDatabase,
} from './system/test-postgres.js';
