// One Postgres for the whole run; each system under test gets a database of its own in it.
export { startTestPostgres as default } from '@signalbox/testing';
