import { describe, expect, it } from 'vitest';
import { endpointKey } from './endpoint-key.js';

const azure = (apiBase: string) => endpointKey({ provider: 'azure', apiBase });

describe('endpointKey', () => {
  it('is one for all spellings of an Azure resource', () => {
    const spellings = [
      'https://contoso.openai.azure.com',
      'https://CONTOSO.openai.azure.com:443/',
      'https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2023-05-15',
      'https://contoso.openai.azure.com/openai/v1/',
    ];
    expect(new Set(spellings.map(azure)).size).toBe(1);
  });

  it('tells endpoints apart by host, port, path and scheme', () => {
    const bases = [
      'http://a.example/eu',
      'http://a.example/us',
      'http://b.example/eu',
      'http://a.example:81/eu',
      'https://a.example/eu',
    ];
    expect(new Set(bases.map(azure)).size).toBe(bases.length);
  });

  it('is a sha-256 and takes any text', () => {
    expect(azure('not an address')).toMatch(/^[0-9a-f]{64}$/);
  });
});
