-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "enforced_params" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "past_hashes" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "enforced_params" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- What a key was called by at first is what it is counted by; no more is known of those of before.
UPDATE "api_keys" SET "past_hashes" = ARRAY["ledger_id"] WHERE "ledger_id" ~ '^[0-9a-f]{64}$';
