import { expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.js';

it.each([
  ['api_bse', 'api_base'],
  ['modle', 'model'],
  ['tpn', 'tpm'],
  ['Region_Name', 'region_name'],
])('finds for %s the word %s', (written, meant) => {
  expect(didYouMean(written, ['model', 'api_base', 'tpm', 'region_name'])).toBe(`, did you mean "${meant}"?`);
});

it.each(['completely_else', 'x', 'model'])('has no guess for %s', (written) => {
  expect(didYouMean(written, ['model', 'api_base', 'region_name'])).toBe('');
});
