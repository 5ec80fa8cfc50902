import { expect, it } from 'vitest';
import { tokenFamilyOf } from './token-family.js';

it.each([
  ['openai', 'gpt-4o', 'o200k_base', 1],
  ['openai', 'gpt-4o-mini-2024-07-18', 'o200k_base', 1],
  ['openai', 'chatgpt-4o-latest', 'o200k_base', 1],
  ['openai', 'gpt-4.1-nano', 'o200k_base', 1],
  ['azure', 'gpt-41', 'o200k_base', 1],
  ['openai', 'gpt-5-mini', 'o200k_base', 1],
  ['openai', 'o4-mini', 'o200k_base', 1],
  ['openai', 'ft:gpt-4o-mini:acme::abc', 'o200k_base', 1],
  ['groq', 'openai/gpt-oss-120b', 'o200k_base', 1],
  ['azure', 'our-own-name', 'o200k_base', 1],
  ['openai', 'gpt-4', 'cl100k_base', 1],
  ['openai', 'gpt-4-0613', 'cl100k_base', 1],
  ['openai', 'gpt-4-turbo', 'cl100k_base', 1],
  ['azure', 'gpt-35-turbo-16k', 'cl100k_base', 1],
  ['openai', 'gpt-3.5-turbo-instruct', 'cl100k_base', 1],
  ['openai', 'text-embedding-3-large', 'cl100k_base', 1],
  ['openai', 'text-embedding-ada-002', 'cl100k_base', 1],
  ['vertex_ai', 'text-embedding-004', 'o200k_base', 1.1],
  ['anthropic', 'claude-sonnet-4-5', 'o200k_base', 1.25],
  ['bedrock', 'eu.anthropic.claude-3-5-sonnet-20240620-v1:0', 'o200k_base', 1.25],
  ['gemini', 'gemini-2.5-flash', 'o200k_base', 1.1],
  ['groq', 'llama-3.3-70b-versatile', 'o200k_base', 1.1],
  ['mistral', 'mistral-large-latest', 'o200k_base', 1.1],
])('%s/%s is counted by %s, times %d', (provider, model, encoding, factor) => {
  expect(tokenFamilyOf({ provider, model })).toEqual({ encoding, factor });
});
