/** The object under a key of a body, if there is one. */
export function objectIn(
  holder: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = holder[key];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** The texts in a list under a key of a body; anything else is left out. */
export function textsIn(holder: Readonly<Record<string, unknown>> | undefined, key: string): string[] {
  const value = holder?.[key];
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string' && item !== '')
    : [];
}
