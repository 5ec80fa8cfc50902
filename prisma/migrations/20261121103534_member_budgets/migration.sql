-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "member_budget_duration" TEXT,
ADD COLUMN     "member_max_budget_nano_dollars" BIGINT;

-- AlterTable
ALTER TABLE "team_members" ADD COLUMN     "budget_duration" TEXT,
ADD COLUMN     "max_budget_nano_dollars" BIGINT;
