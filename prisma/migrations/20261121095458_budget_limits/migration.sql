-- AlterTable
ALTER TABLE "end_users" ADD COLUMN     "budget_limits" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "budget_limits" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "budget_limits" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "budget_limits" JSONB NOT NULL DEFAULT '[]';
