-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "allowed_routes" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "key_type" TEXT;

-- CreateTable
CREATE TABLE "former_key_hashes" (
    "hash" CHAR(64) NOT NULL,
    "key_hash" CHAR(64) NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_key_hashes_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "former_key_hashes_key_hash_idx" ON "former_key_hashes"("key_hash");

-- CreateIndex
CREATE INDEX "api_keys_created_at_hash_idx" ON "api_keys"("created_at", "hash");

-- AddForeignKey
ALTER TABLE "former_key_hashes" ADD CONSTRAINT "former_key_hashes_key_hash_fkey" FOREIGN KEY ("key_hash") REFERENCES "api_keys"("hash") ON DELETE CASCADE ON UPDATE CASCADE;
