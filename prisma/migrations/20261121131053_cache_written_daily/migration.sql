-- AlterTable
ALTER TABLE "usage_daily" ADD COLUMN     "cache_written_tokens" BIGINT NOT NULL DEFAULT 0;
