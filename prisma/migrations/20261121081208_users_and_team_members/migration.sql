-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT,
    "alias" TEXT,
    "role" TEXT,
    "models" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "rpm_limit" INTEGER,
    "tpm_limit" BIGINT,
    "max_parallel_requests" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_members" (
    "team_id" VARCHAR(255) NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "ordinal" BIGSERIAL NOT NULL,
    "rpm_limit" INTEGER,
    "tpm_limit" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_members_pkey" PRIMARY KEY ("team_id","user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at", "id");

-- CreateIndex
CREATE INDEX "team_members_user_id_idx" ON "team_members"("user_id");

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN     "member_rpm_limit" INTEGER,
ADD COLUMN     "member_tpm_limit" BIGINT;

-- Members stood in a list of each team; everybody in one of those lists becomes a user.
INSERT INTO "users" ("id")
SELECT DISTINCT "member"->>'user_id' FROM "teams", jsonb_array_elements("members") AS "member";

INSERT INTO "team_members" ("team_id", "user_id", "role")
SELECT "id", "member"->>'user_id', (array_agg("member"->>'role' ORDER BY "place"))[1]
FROM "teams", jsonb_array_elements("members") WITH ORDINALITY AS listed("member", "place")
GROUP BY "id", "member"->>'user_id'
ORDER BY "id", min("place");

-- AlterTable
ALTER TABLE "teams" DROP COLUMN "members";

SELECT audit_table('users', 'id');
SELECT audit_table('team_members', 'team_id', 'user_id');
