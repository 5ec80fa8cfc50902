import type { IncomingHttpHeaders } from 'node:http';

/** Where LiteLLM's clients put the key, in order of precedence. */
const keyHeaders = [
  'x-litellm-api-key',
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
] as const;

/**
 * Returns the key a request carries. A header named by `general_settings.litellm_key_header_name` wins.
 * `Authorization` counts only with the Bearer scheme; the other headers may carry the bare key.
 */
export function presentedKey(headers: IncomingHttpHeaders, keyHeaderName?: string): string | undefined {
  if (keyHeaderName !== undefined) {
    const key = keyIn(headers[keyHeaderName.toLowerCase()], false);
    if (key !== undefined) return key;
  }
  for (const name of keyHeaders) {
    const value = headers[name];
    if (value === undefined) continue;
    const key = keyIn(value, name === 'authorization');
    if (key !== undefined) return key;
  }
  return undefined;
}

function keyIn(value: string | string[] | undefined, schemeRequired: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(value);
  if (bearer !== null) return bearer[1];
  if (schemeRequired) return undefined;
  const key = value.trim();
  return key === '' ? undefined : key;
}
