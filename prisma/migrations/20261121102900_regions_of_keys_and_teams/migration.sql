-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "allowed_region" JSONB;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "allowed_region" JSONB;
