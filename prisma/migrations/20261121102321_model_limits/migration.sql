-- AlterTable
ALTER TABLE "end_users" ADD COLUMN     "model_max_budget" JSONB,
ADD COLUMN     "model_rpm_limit" JSONB,
ADD COLUMN     "model_tpm_limit" JSONB;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "model_max_budget" JSONB,
ADD COLUMN     "model_rpm_limit" JSONB,
ADD COLUMN     "model_tpm_limit" JSONB;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "model_max_budget" JSONB,
ADD COLUMN     "model_rpm_limit" JSONB,
ADD COLUMN     "model_tpm_limit" JSONB;

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "model_max_budget" JSONB,
ADD COLUMN     "model_rpm_limit" JSONB,
ADD COLUMN     "model_tpm_limit" JSONB;
