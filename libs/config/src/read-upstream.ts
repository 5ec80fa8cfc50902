import type { Upstream } from '@signalbox/contracts';
import { defaultApiBase, regionAddressNames, regionSettingNames } from '@signalbox/providers';
import { didYouMean } from './did-you-mean.js';
import { knownProviders, providerAliases } from './known-providers.js';
import { forwardedParameters, parameterKeys } from './not-acted-on.js';
import type { Environment } from './resolve-environment.js';
import type { SectionReader } from './section-reader.js';

/** Belong to the client's request alone: as defaults they would change what kind of answer it gets. */
const clientOnly: ReadonlySet<string> = new Set(['messages', 'prompt', 'input', 'stream', 'stream_options']);

/** Where providers whose own API is another one speak the OpenAI API too. Nobody is sent there who did not write it. */
const addressesToName: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com/v1',
  cohere: 'https://api.cohere.ai/compatibility/v1',
  ollama: 'http://localhost:11434/v1',
};

/** What an HTTP header can carry. */
const headerSafe = /^[\x21-\x7e]+$/;

/** Reads how to reach a deployment from its `litellm_params`; undefined when a fault makes that impossible. */
export function readUpstream(params: SectionReader, environment: Environment): Upstream | undefined {
  const target = readTarget(params);
  const writtenBase = readApiBase(params);
  const writtenKey = readSecret(params, 'api_key');
  const writtenVersion = params.text('api_version');
  const regionSettings = readRegionSettings(params);
  if (target === undefined) return undefined;
  const { provider } = target;
  const hasBase = params.has('api_base') || params.has('base_url');
  const apiBase = writtenBase ?? (hasBase ? undefined : ambientBase(provider, environment));
  if (apiBase === undefined) {
    if (!hasBase) params.fault('model', missingBase(provider));
    return undefined;
  }
  const isOwnAddress = provider === 'azure' || !hasBase;
  const apiKey = params.has('api_key') || !isOwnAddress ? writtenKey : ambientKey(provider, environment);
  if (isOwnAddress && !params.has('api_key') && apiKey === undefined) {
    params.warn('model', `no api_key: ${provider} will be called without one`);
  }
  const apiVersion = writtenVersion ?? (provider === 'azure' ? environment['AZURE_API_VERSION'] : undefined);
  return {
    ...target,
    apiBase,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    regionSettings,
    extraBody: {},
  };
}

/**
 * Parameters nobody reads: those LiteLLM acts on itself are told and dropped, the rest goes to the provider
 * with every call. Call it after everything else was read.
 */
export function readExtraBody(params: SectionReader): Record<string, unknown> {
  const nested = params.section('extra_body');
  const extra: Record<string, unknown> = { ...nested.value };
  for (const key of params.unasked()) {
    if (parameterKeys.has(key)) params.ignore(key, 'not supported yet, ignored');
    else if (clientOnly.has(key)) params.ignore(key, 'belongs to the request of a client, ignored');
    else {
      if (!forwardedParameters.has(key)) {
        params.warn(key, `unknown parameter, forwarded to the provider${didYouMean(key, readKeys)}`);
      }
      extra[key] = params.raw(key);
    }
  }
  return extra;
}

const readKeys = [
  'model',
  'api_base',
  'api_key',
  'api_version',
  'organization',
  'region_name',
  'tpm',
  'rpm',
  'weight',
  'order',
  'tags',
  'timeout',
  'stream_timeout',
  'max_retries',
  'num_retries',
  'max_parallel_requests',
  'custom_llm_provider',
  ...forwardedParameters,
];

function readTarget(params: SectionReader): { provider: string; model: string } | undefined {
  const written = params.text('model');
  const custom = params.text('custom_llm_provider');
  if (written === undefined) {
    if (!params.has('model')) params.fault('model', 'is missing: write "<provider>/<model>"');
    return undefined;
  }
  const slash = written.indexOf('/');
  const prefix = slash > 0 ? written.slice(0, slash) : undefined;
  const provider = custom ?? prefix ?? 'openai';
  const model = prefix === provider ? written.slice(slash + 1) : written;
  if (model === '') {
    params.fault('model', 'names a provider but no model: write "<provider>/<model>"');
    return undefined;
  }
  if (!knownProviders.has(provider) && params.has('api_base')) {
    params.warn(
      'model',
      `"${provider}" is taken for the provider's name and not sent; write "openai/${written}" to send it as part of the model`,
    );
  }
  return { provider: providerAliases[provider] ?? provider, model };
}

function missingBase(provider: string): string {
  if (provider === 'azure')
    return 'azure needs an api_base: the address of your resource, like https://name.openai.azure.com';
  if (!knownProviders.has(provider)) {
    return `"${provider}" is not a provider we know${didYouMean(provider, knownProviders) || '.'} Give an api_base that speaks the OpenAI API, or write "openai/..."`;
  }
  const example = addressesToName[provider];
  return `${provider} needs an api_base that speaks the OpenAI API${example === undefined ? '' : `, such as ${example}`}`;
}

function readApiBase(params: SectionReader): string | undefined {
  const name = params.has('api_base') || !params.has('base_url') ? 'api_base' : 'base_url';
  const text = params.text(name);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    params.fault(name, 'must be an address that starts with http:// or https://');
    return undefined;
  }
  if (url.username !== '' || url.password !== '') {
    params.fault(name, 'must not contain a user name or password; use api_key');
    return undefined;
  }
  return text.replace(/\/+$/, '');
}

function readSecret(params: SectionReader, name: string): string | undefined {
  const secret = params.text(name);
  if (secret !== undefined && !headerSafe.test(secret)) {
    params.fault(name, 'holds a space, a line break or another character that no HTTP header can carry');
    return undefined;
  }
  return secret;
}

/** The provider's own address; for Azure the variable LiteLLM falls back to. */
function ambientBase(provider: string, environment: Environment): string | undefined {
  const base = provider === 'azure' ? environment['AZURE_API_BASE'] : undefined;
  return base !== undefined && /^https?:\/\//.test(base)
    ? base.replace(/\/+$/, '')
    : defaultApiBase(provider);
}

/** The variable LiteLLM falls back to, e.g. `OPENAI_API_KEY`; only for the provider's own address, never for another. */
function ambientKey(provider: string, environment: Environment): string | undefined {
  const value = environment[`${provider.toUpperCase()}_API_KEY`]?.trim();
  return value !== undefined && headerSafe.test(value) ? value : undefined;
}

function readRegionSettings(params: SectionReader): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of [...regionSettingNames, ...regionAddressNames]) {
    const value = params.text(name);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}
