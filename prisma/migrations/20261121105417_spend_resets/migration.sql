-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "spend_reset_at" TIMESTAMPTZ(3);
