const patterns: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|key|tok|nvapi|fw|pplx|csk|hf|org|proj)[-_][A-Za-z0-9_*.-]{6,}/g,
  /\bAIza[A-Za-z0-9_-]{10,}/g,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=*-]{6,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*/g,
  /\bAKIA[A-Z0-9]{12,}/g,
  /\b[A-Fa-f0-9]{32,}\b/g,
  /\b[A-Za-z0-9+/_]{40,}={0,2}/g,
];

/** Replaces what looks like a key, a token or another long secret in a provider's text. */
export function maskSecrets(text: string): string {
  return patterns.reduce((masked, pattern) => masked.replace(pattern, '[masked]'), text);
}
