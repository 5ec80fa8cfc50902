-- CreateTable
CREATE TABLE "budgets" (
    "id" VARCHAR(255) NOT NULL,
    "rpm_limit" INTEGER,
    "tpm_limit" BIGINT,
    "max_parallel_requests" INTEGER,
    "max_budget_nano_dollars" BIGINT,
    "budget_duration" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("id")
);

SELECT audit_table('budgets', 'id');

-- AlterTable
ALTER TABLE "end_users" ADD COLUMN     "budget_id" VARCHAR(255),
ADD CONSTRAINT "end_users_one_budget" CHECK ("budget_id" IS NULL OR "max_budget_nano_dollars" IS NULL);

-- CreateIndex
CREATE INDEX "end_users_budget_id_idx" ON "end_users"("budget_id");

-- AddForeignKey
ALTER TABLE "end_users" ADD CONSTRAINT "end_users_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budgets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "budget_id" VARCHAR(255),
ADD CONSTRAINT "teams_one_budget" CHECK ("budget_id" IS NULL OR "max_budget_nano_dollars" IS NULL);

-- CreateIndex
CREATE INDEX "teams_budget_id_idx" ON "teams"("budget_id");

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budgets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "budget_id" VARCHAR(255),
ADD CONSTRAINT "api_keys_one_budget" CHECK ("budget_id" IS NULL OR "max_budget_nano_dollars" IS NULL);

-- CreateIndex
CREATE INDEX "api_keys_budget_id_idx" ON "api_keys"("budget_id");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budgets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
