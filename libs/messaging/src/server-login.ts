/** How one shows who one is to NATS. */
export type ServerLogin = { readonly user: string; readonly pass: string } | { readonly token: string };

/**
 * The login in `nats://user:password@host:port` or `nats://token@host:port`, of the first server that has one. The
 * client takes places from its addresses and nothing else.
 */
export function serverLogin(servers: readonly string[]): ServerLogin | undefined {
  const [login] = servers.flatMap((server) => /\/\/([^@/]*)@/.exec(server)?.[1] ?? []);
  if (login === undefined) return undefined;
  const [user = '', ...password] = login.split(':');
  if (password.length === 0) return { token: decodeURIComponent(user) };
  return { user: decodeURIComponent(user), pass: decodeURIComponent(password.join(':')) };
}

/** The address without its login. */
export function withoutLogin(server: string): string {
  return server.replace(/\/\/[^@/]*@/, '//');
}
