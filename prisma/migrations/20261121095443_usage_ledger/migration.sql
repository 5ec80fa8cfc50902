-- CreateTable
CREATE TABLE "usage_attempts" (
    "attempt_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" DOUBLE PRECISION NOT NULL,
    "first_byte_ms" DOUBLE PRECISION,
    "outcome" TEXT NOT NULL,
    "upstream_status" INTEGER NOT NULL,
    "streamed" BOOLEAN NOT NULL,
    "mode" TEXT,
    "deployment_id" TEXT NOT NULL,
    "model_group" TEXT NOT NULL,
    "provider" TEXT,
    "provider_model" TEXT,
    "region" TEXT,
    "key_hash" TEXT,
    "team_id" TEXT,
    "user_id" TEXT,
    "end_user_id" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "prompt_tokens" BIGINT NOT NULL,
    "answer_tokens" BIGINT NOT NULL,
    "total_tokens" BIGINT NOT NULL,
    "cached_tokens" BIGINT NOT NULL,
    "reasoning_tokens" BIGINT NOT NULL,
    "token_source" TEXT NOT NULL,
    "cost_nano_dollars" BIGINT,

    CONSTRAINT "usage_attempts_pkey" PRIMARY KEY ("attempt_id")
);

-- CreateTable
CREATE TABLE "usage_daily" (
    "id" BYTEA NOT NULL,
    "part" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "subject" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "model_group" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "provider_model" TEXT NOT NULL,
    "attempts" BIGINT NOT NULL,
    "failed_attempts" BIGINT NOT NULL,
    "prompt_tokens" BIGINT NOT NULL,
    "answer_tokens" BIGINT NOT NULL,
    "total_tokens" BIGINT NOT NULL,
    "cached_tokens" BIGINT NOT NULL,
    "reasoning_tokens" BIGINT NOT NULL,
    "cost_nano_dollars" BIGINT NOT NULL,
    "unpriced" BIGINT NOT NULL,
    "estimated" BIGINT NOT NULL,

    CONSTRAINT "usage_daily_pkey" PRIMARY KEY ("part","id")
) PARTITION BY LIST ("part");

-- A report reads one part and never pays for the others. Rows are updated with every batch: with room on their page and no
-- index to change an update costs little.
CREATE TABLE "usage_daily_all" PARTITION OF "usage_daily" FOR VALUES IN ('all') WITH (fillfactor = 70);
CREATE TABLE "usage_daily_end_user" PARTITION OF "usage_daily" FOR VALUES IN ('end_user') WITH (fillfactor = 70);
CREATE TABLE "usage_daily_tag" PARTITION OF "usage_daily" FOR VALUES IN ('tag') WITH (fillfactor = 70);

-- CreateIndex
CREATE INDEX "usage_attempts_started_at_attempt_id_idx" ON "usage_attempts"("started_at", "attempt_id");

-- CreateIndex
CREATE INDEX "usage_attempts_request_id_idx" ON "usage_attempts"("request_id");

-- Most attempts have nobody in some of these columns, and an index need not hold nobody: Prisma cannot say so.
-- CreateIndex
CREATE INDEX "usage_attempts_key_hash_started_at_idx" ON "usage_attempts"("key_hash", "started_at") WHERE "key_hash" IS NOT NULL;

-- CreateIndex
CREATE INDEX "usage_attempts_team_id_started_at_idx" ON "usage_attempts"("team_id", "started_at") WHERE "team_id" IS NOT NULL;

-- CreateIndex
CREATE INDEX "usage_attempts_user_id_started_at_idx" ON "usage_attempts"("user_id", "started_at") WHERE "user_id" IS NOT NULL;

-- CreateIndex
CREATE INDEX "usage_attempts_end_user_id_started_at_idx" ON "usage_attempts"("end_user_id", "started_at") WHERE "end_user_id" IS NOT NULL;

-- CreateIndex
CREATE INDEX "usage_daily_day_idx" ON "usage_daily"("day");

-- CreateIndex
CREATE INDEX "usage_daily_subject_day_idx" ON "usage_daily"("subject", "day");

-- CreateIndex
CREATE INDEX "usage_daily_key_hash_day_idx" ON "usage_daily"("key_hash", "day");

-- CreateIndex
CREATE INDEX "usage_daily_team_id_day_idx" ON "usage_daily"("team_id", "day");

-- CreateIndex
CREATE INDEX "usage_daily_user_id_day_idx" ON "usage_daily"("user_id", "day");
