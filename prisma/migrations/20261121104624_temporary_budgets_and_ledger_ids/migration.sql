-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "ledger_id" TEXT,
ADD COLUMN     "temp_budget_expiry" TIMESTAMPTZ(3),
ADD COLUMN     "temp_budget_increase_nano_dollars" BIGINT;

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_ledger_id_key" ON "api_keys"("ledger_id");
