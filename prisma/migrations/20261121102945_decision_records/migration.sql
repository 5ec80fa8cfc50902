-- CreateTable
CREATE TABLE "decision_records" (
    "decision_id" TEXT NOT NULL,
    "partition" SMALLINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "subject_hash" TEXT NOT NULL,
    "record_hash" TEXT NOT NULL,
    "record" TEXT NOT NULL,

    CONSTRAINT "decision_records_pkey" PRIMARY KEY ("decision_id")
);

-- CreateTable
CREATE TABLE "decision_heads" (
    "partition" SMALLINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "chain_hash" TEXT NOT NULL,
    "signed_at" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" TEXT NOT NULL,

    CONSTRAINT "decision_heads_pkey" PRIMARY KEY ("partition","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "decision_records_partition_sequence_key" ON "decision_records"("partition", "sequence");

-- CreateIndex
CREATE INDEX "decision_records_partition_decided_at_idx" ON "decision_records"("partition", "decided_at");
