-- AlterTable
ALTER TABLE "usage_attempts" ADD COLUMN     "other_tokens" JSONB;
