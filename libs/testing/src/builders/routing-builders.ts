/** The builders live in libs/routing, whose own specs may not import this lib. */
export {
  aCatalog,
  aDeployment,
  aRegion,
  aRouteRequest,
  aTeam,
  type DeploymentWords,
} from '@signalbox/routing/testing';
