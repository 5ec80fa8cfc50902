-- CreateTable
CREATE TABLE "models" (
    "id" VARCHAR(255) NOT NULL,
    "name" TEXT NOT NULL,
    "encrypted_params" TEXT NOT NULL,
    "info" JSONB NOT NULL DEFAULT '{}',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "models_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "models_created_at_id_idx" ON "models"("created_at", "id");

SELECT audit_table('models', 'id');
