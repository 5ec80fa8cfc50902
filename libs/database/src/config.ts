/** What the migration command reads from the environment; the library itself takes arguments. */
export function migrateConfig(): { readonly url: string | undefined } {
  return { url: process.env['DATABASE_URL'] };
}
