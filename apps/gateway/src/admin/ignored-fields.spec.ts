import { EndUserNewSchema, TeamNewSchema } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { ignoredFields } from './ignored-fields.js';

describe('ignoredFields', () => {
  it('names a misspelt restriction', () => {
    const body = { user_id: 'a', allowed_region: 'eu', permissions: null };
    expect(ignoredFields(body, EndUserNewSchema.parse(body))).toEqual(['allowed_region', 'permissions']);
  });

  it('names what is dropped inside lists, and keeps quiet about free-form fields', () => {
    const body = {
      metadata: { anything: { goes: [1] } },
      members_with_roles: [{ role: 'admin', user_id: 'u1', user_phone: 'u1@example.com' }],
    };
    expect(ignoredFields(body, TeamNewSchema.parse(body))).toEqual(['members_with_roles.0.user_phone']);
  });

  it('writes names so that a header can hold them', () => {
    const body = { 'a,b\r\nc': 1, ü: 1, '\ud800': 1 };
    expect(ignoredFields(body, {})).toEqual(['a%2Cb%0D%0Ac', '%C3%BC', '%EF%BF%BD']);
  });

  it('stops after thirty names', () => {
    const body = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, 1]));
    expect(ignoredFields(body, {})).toHaveLength(30);
  });
});
