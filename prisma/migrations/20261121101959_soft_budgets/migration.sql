-- AlterTable
ALTER TABLE "end_users" ADD COLUMN     "soft_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "soft_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "soft_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "soft_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "budgets" ADD COLUMN     "soft_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "tags" ADD COLUMN     "soft_budget_nano_dollars" BIGINT;
