import type { Settings } from '@signalbox/config';
import { shortPath } from './read-config.js';

export interface ReadyFacts {
  urls: readonly string[];
  logsDirectory: string;
  configFile: string;
  configText: string;
  settings: Settings;
  hasFakeUpstream: boolean;
}

/** What the reader needs once all runs: the address, the logs, a call to paste. */
export function readyText(facts: ReadyFacts): string {
  const [url = '', ...more] = facts.urls;
  return [
    '',
    `Signalbox is ready: ${url}`,
    ...more.map((other) => `                    ${other}`),
    '',
    `  config  ${shortPath(facts.configFile)}`,
    `  logs    ${shortPath(facts.logsDirectory)}/`,
    ...(facts.hasFakeUpstream
      ? ['  models  answered by a pretended provider: no provider key is needed']
      : []),
    '',
    ...curl(url, facts),
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}

function curl(url: string, facts: ReadyFacts): string[] {
  const key = keyOf(facts);
  return [
    `curl ${url}/v1/chat/completions \\`,
    ...(key === undefined ? [] : [`  -H "Authorization: Bearer ${key}" \\`]),
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"model": "${modelOf(facts.settings)}", "messages": [{"role": "user", "content": "Hey"}]}'`,
  ];
}

function modelOf({ catalog }: Settings): string {
  const chat = catalog.deployments.filter(
    ({ mode = 'chat', modelGroup }) => mode === 'chat' && !modelGroup.includes('*'),
  );
  return chat[0]?.modelGroup ?? catalog.deployments[0]?.modelGroup.replace('*', 'gpt-4o') ?? 'gpt-4o';
}

/** Secrets are never printed: the example's key is public, any other one is named by where it stands. */
function keyOf({ settings, configText, configFile, hasFakeUpstream }: ReadyFacts): string | undefined {
  const { masterKey } = settings.general;
  if (masterKey === undefined) return undefined;
  const variable = /^\s*master_key:\s*["']?os\.environ\/(\w+)/m.exec(configText)?.[1];
  if (variable !== undefined) return `$${variable}`;
  if (hasFakeUpstream && configText.includes(masterKey)) return masterKey;
  return `<master_key of ${shortPath(configFile)}>`;
}
