-- CreateTable
CREATE TABLE "tags" (
    "name" VARCHAR(256) NOT NULL,
    "description" TEXT,
    "rpm_limit" INTEGER,
    "tpm_limit" BIGINT,
    "max_parallel_requests" INTEGER,
    "max_budget_nano_dollars" BIGINT,
    "budget_duration" TEXT,
    "budget_limits" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tags_pkey" PRIMARY KEY ("name")
);

SELECT audit_table('tags', 'name');
