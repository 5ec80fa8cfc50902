-- AlterTable
ALTER TABLE "end_users" ADD COLUMN     "budget_duration" TEXT,
ADD COLUMN     "max_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "budget_duration" TEXT,
ADD COLUMN     "max_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "budget_duration" TEXT,
ADD COLUMN     "max_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "budget_duration" TEXT,
ADD COLUMN     "max_budget_nano_dollars" BIGINT;
