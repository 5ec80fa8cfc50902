-- CreateTable
CREATE TABLE "audit_log" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "position" BIGSERIAL NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "changed_by" TEXT NOT NULL,
    "changed_by_key" TEXT,
    "changed_by_key_alias" TEXT,
    "request_id" TEXT,
    "action" TEXT NOT NULL,
    "table_name" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_log_position_key" ON "audit_log"("position");

-- CreateIndex
CREATE INDEX "audit_log_changed_at_position_idx" ON "audit_log"("changed_at", "position");

-- CreateIndex
CREATE INDEX "audit_log_object_id_changed_at_idx" ON "audit_log"("object_id", "changed_at");

-- CreateIndex
CREATE INDEX "audit_log_changed_by_changed_at_idx" ON "audit_log"("changed_by", "changed_at");

-- Secrets have names: the value of every field so named becomes '***', at any depth.
CREATE FUNCTION mask_secrets(value JSONB) RETURNS JSONB LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'object' THEN
      RETURN (
        SELECT coalesce(jsonb_object_agg(name, CASE
          WHEN jsonb_typeof(item) = 'null' THEN item
          WHEN name ~* '(^|[_-])(api[_-]?key|key|key_id|token|secrets?|password|passwd|credentials?|authorization)$|apikey$|headers$|encrypted|cipher' THEN '"***"'
          ELSE mask_secrets(item)
        END), '{}')
        FROM jsonb_each(value) AS field(name, item));
    WHEN 'array' THEN
      RETURN (
        SELECT coalesce(jsonb_agg(mask_secrets(item) ORDER BY place), '[]')
        FROM jsonb_array_elements(value) WITH ORDINALITY AS element(item, place));
    ELSE
      RETURN value;
  END CASE;
END $$;

-- Writes down one changed row. The setting signalbox.actor says who did it; the arguments name the id's columns.
CREATE FUNCTION audit_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  actor JSONB := current_setting('signalbox.actor');
  old_row JSONB := to_jsonb(OLD);
  new_row JSONB := to_jsonb(NEW);
  -- Of an update: all that changed, besides the time of it.
  changed TEXT[] := ARRAY(
    SELECT name FROM jsonb_object_keys(old_row) AS field(name)
    WHERE old_row -> name IS DISTINCT FROM new_row -> name AND name <> 'updated_at');
  id_columns TEXT[] := TG_ARGV;
  done TEXT := CASE
    WHEN TG_OP = 'INSERT' THEN 'created'
    WHEN TG_OP = 'DELETE' THEN 'deleted'
    WHEN changed && id_columns THEN 'rotated'
    WHEN changed = '{blocked}' THEN CASE new_row ->> 'blocked' WHEN 'true' THEN 'blocked' ELSE 'unblocked' END
    ELSE 'updated'
  END;
BEGIN
  IF TG_OP = 'UPDATE' AND changed = '{}' THEN RETURN NULL; END IF;
  INSERT INTO audit_log (changed_by, changed_by_key, changed_by_key_alias, request_id, action, table_name, object_id, before, after)
  VALUES (
    actor ->> 'changedBy', actor ->> 'keyHash', actor ->> 'keyAlias', actor ->> 'requestId', done, TG_TABLE_NAME,
    (SELECT string_agg(coalesce(old_row, new_row) ->> name, '/' ORDER BY place)
      FROM unnest(id_columns) WITH ORDINALITY AS id(name, place)),
    mask_secrets(old_row), mask_secrets(new_row));
  RETURN NULL;
END $$;

-- Every table that operators govern has this trigger. Where nobody is named as the one who did it, as on the path of a
-- call, nothing is written down.
CREATE FUNCTION audit_table(audited REGCLASS, VARIADIC id_columns TEXT[]) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'CREATE TRIGGER audit_change AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW
      WHEN (coalesce(current_setting(''signalbox.actor'', true), '''') <> '''')
      EXECUTE FUNCTION audit_change(%s)',
    audited, (SELECT string_agg(quote_literal(name), ', ') FROM unnest(id_columns) AS id(name)));
END $$;

SELECT audit_table('end_users', 'id');
SELECT audit_table('teams', 'id');
SELECT audit_table('api_keys', 'hash');
