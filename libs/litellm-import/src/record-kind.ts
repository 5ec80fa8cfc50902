import type { AdminApi, JsonObject } from './admin-api.js';
import type { Conversion } from './conversion.js';
import type { LitellmRow } from './litellm-database.js';

/** One kind of record: where it stands in LiteLLM's database, and how the admin API takes it. */
export interface RecordKind {
  /** `end users`, as the report calls them. */
  readonly title: string;
  readonly table: string;
  /** Orders the rows, so that every run meets them alike. */
  readonly orderBy: string;
  /** Columns that end up in a field, under whatever name. */
  readonly takenColumns: readonly string[];
  /** Columns, and fields of `metadata`, that bound somebody in LiteLLM and will not here. */
  readonly boundingColumns: readonly string[];
  readonly boundingMetadata: readonly string[];
  convert(row: LitellmRow): Conversion;
  /** All records of ours, in the words of the API. */
  list(api: AdminApi): AsyncGenerator<{ readonly id: string; readonly fields: JsonObject }>;
  readonly newPath: string;
  newBody(id: string, fields: JsonObject): JsonObject;
  /** Fields that only a new record takes. */
  readonly fixed: readonly string[];
  readonly updatePath: string;
  updateBody(id: string, changes: JsonObject): JsonObject;
  /** Fields that a record can do without when the API refuses them: names and conveniences, never a bound. */
  readonly expendable: readonly string[];
  /** What a record becomes that the API refuses; absent: it is skipped. */
  readonly refused?: JsonObject;
}
