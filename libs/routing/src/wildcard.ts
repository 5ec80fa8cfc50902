/** A model name with one `*`, such as `openai/*`: what stands before and after the star. */
export interface Wildcard {
  readonly pattern: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** Takes a pattern apart at its first `*`; a name without one is no wildcard. Further stars are literal. */
export function parseWildcard(pattern: string): Wildcard | undefined {
  const star = pattern.indexOf('*');
  if (star === -1) return undefined;
  return { pattern, prefix: pattern.slice(0, star), suffix: pattern.slice(star + 1) };
}

/** What `*` stands for in this name, at least one character; undefined when the name does not match. */
export function matchWildcard({ prefix, suffix }: Wildcard, name: string): string | undefined {
  if (name.length <= prefix.length + suffix.length) return undefined;
  if (!name.startsWith(prefix) || !name.endsWith(suffix)) return undefined;
  return name.slice(prefix.length, name.length - suffix.length);
}
