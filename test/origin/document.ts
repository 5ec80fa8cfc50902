import { readFileSync } from 'node:fs';

export type DocumentName =
  | 'region-based-routing-inferred'
  | 'region-based-routing-declared'
  | 'manage-multiple-deployments'
  | 'team-based-routing';

/** The page as it was published. */
export function readDocument(name: DocumentName): string {
  return readFileSync(new URL(`./documents/${name}.txt`, import.meta.url), 'utf8');
}

/** The page's curl commands in order, without the remarks that its author drew into them. */
export function curlCommands(document: string): string[] {
  const text = withoutRemarks(document);
  const commands: string[] = [];
  for (const { index } of text.matchAll(/^curl /gm)) commands.push(commandAt(text, index));
  return commands;
}

/** Drops `# 👈 ...` (also where a crawler broke its bytes) and the comma that then ends an object. */
function withoutRemarks(text: string): string {
  return text.replaceAll(/[ \t]*# (?:👈|ðŸ‘ˆ).*$/gm, '').replaceAll(/,(\s*\n\})/g, '$1');
}

/** From the given place to the end of the shell command: the first newline that is neither quoted nor escaped. */
function commandAt(text: string, start: number): string {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && !quoted) at += 1;
    else if (character === "'") quoted = !quoted;
    else if (character === '\n' && !quoted) return text.slice(start, at);
  }
  return text.slice(start);
}
