export { createDatabase, pingDatabase, type Database, type DatabaseOptions } from './database.js';
export { databaseFailure, violatedConstraint, type DatabaseFailure } from './database-failure.js';
export { DATABASE } from './database-token.js';
export { migrate, type MigrateOptions } from './migrate.js';
export { MigrationError } from './migration-error.js';
export { MIGRATIONS_DIRECTORY } from './read-migrations.js';
export type { TransactionSettings } from './transaction-settings.js';
export {
  Prisma,
  type ApiKey,
  type AuditEntry,
  type DecisionEntry,
  type DecisionHead,
  type EndUser,
  type SharedBudget,
  type StoredModel,
  type Tag,
  type Team,
  type TeamMember,
  type UsageAttempt,
  type User,
} from './generated/client.js';
