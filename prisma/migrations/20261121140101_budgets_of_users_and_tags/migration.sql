-- AlterTable
ALTER TABLE "users" ADD COLUMN     "budget_id" VARCHAR(255),
ADD CONSTRAINT "users_one_budget" CHECK ("budget_id" IS NULL OR "max_budget_nano_dollars" IS NULL);

-- CreateIndex
CREATE INDEX "users_budget_id_idx" ON "users"("budget_id");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budgets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "tags" ADD COLUMN     "budget_id" VARCHAR(255),
ADD CONSTRAINT "tags_one_budget" CHECK ("budget_id" IS NULL OR "max_budget_nano_dollars" IS NULL);

-- CreateIndex
CREATE INDEX "tags_budget_id_idx" ON "tags"("budget_id");

-- AddForeignKey
ALTER TABLE "tags" ADD CONSTRAINT "tags_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budgets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
