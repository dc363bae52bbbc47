import { describe, expect, test } from 'vitest';
import { checkConfiguration } from './check.ts';
import { loadConfiguration } from './load.ts';

/** `integrations.json` (core/integrations/SPEC.md I5 to I7). */
async function loaded(integrations: unknown, policy: object = { externalRater: 'r' }) {
  const texts: Record<string, string> = {
    'config.json': '{"timezone":"UTC","currency":"USD"}',
    'products/p/policy/policy.json': JSON.stringify({ fields: [], ...policy }, undefined, 1),
    'products/p/policy/exposures/e/exposure.json': '{"name":"e","displayName":"E","fields":[]}',
    'products/p/policy/exposures/e/perils/l.json': '{"name":"l","displayName":"L","fields":[]}',
    ...(integrations === undefined ? {} : { 'integrations.json': JSON.stringify(integrations, undefined, 1) }),
  };
  const files = new Map(Object.entries(texts).map(([file, text]) => [file, new TextEncoder().encode(text)]));
  const configuration = await loadConfiguration({ files });
  const findings = checkConfiguration(configuration).map(
    ({ severity, code, file, line }) => `${severity} ${code} ${file}:${line}`,
  );
  return { configuration, findings };
}
const sound = {
  name: 'r',
  url: 'https://r.example/rate',
  headers: { Authorization: { $secret: 'key' }, 'X-Line': 'motor' },
};

describe('integrations.json', () => {
  test('I6: brings integrations whose secrets stand by name, as a list or in an object', async () => {
    const securitySpec = { hmacEnabled: true, secret: { $secret: 'hmac' }, tag: 'a' };
    for (const file of [[{ ...sound, securitySpec }], { integrations: [{ ...sound, securitySpec }] }]) {
      const { configuration, findings } = await loaded(file);
      expect(findings).toEqual([]);
      expect(configuration.integrations).toEqual([{ ...sound, type: 'external_rater', securitySpec }]);
    }
  });

  test.each([
    ['a rater that it does not bring', undefined, ['warning unknown-integration products/p/policy/policy.json:3']],
    [
      'one of another type',
      [{ ...sound, type: 'webhook' }],
      ['warning wrong-integration products/p/policy/policy.json:3'],
    ],
    [
      'a credential in the clear',
      [{ ...sound, headers: { 'X-Api-Key': 'abc' } }],
      ['error secret-in-the-clear integrations.json:6'],
    ],
    [
      'a signing secret in the clear',
      [{ ...sound, securitySpec: { secret: 'abc' } }],
      ['error secret-in-the-clear integrations.json:12'],
    ],
    ['a URL that is none', [{ ...sound, url: 'r.example' }], ['warning integration-unusable integrations.json:4']],
    ['a misspelt member', [{ ...sound, header: {} }], ['warning unknown-key integrations.json:11']],
    ['no URL', [{ name: 'x' }, sound], ['warning integration-incomplete integrations.json:2']],
    ['a name twice', [sound, sound], ['warning duplicate-integration integrations.json:3']],
  ])('I7: %s is said, with its line', async (_what, integrations, expected) => {
    expect((await loaded(integrations)).findings).toEqual(expected);
  });
});
