-- AlterTable
ALTER TABLE "end_users" ADD COLUMN     "max_parallel_requests" INTEGER,
ADD COLUMN     "rpm_limit" INTEGER,
ADD COLUMN     "tpm_limit" BIGINT;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "max_parallel_requests" INTEGER,
ADD COLUMN     "rpm_limit" INTEGER,
ADD COLUMN     "tpm_limit" BIGINT;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "max_parallel_requests" INTEGER,
ADD COLUMN     "rpm_limit" INTEGER,
ADD COLUMN     "tpm_limit" BIGINT;
