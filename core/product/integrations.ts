import type { Configuration, IntegrationDefinition, SecretReference } from '#core/model/product.ts';
import { defined } from './fields.ts';
import { isHeaderName, isHeaderValue } from './http-headers.ts';
import type { ObjectReader } from './object-reader.ts';
import { type Reports, suggestion } from './reports.ts';
import { placeOfText } from './script-files.ts';
import { join } from './source.ts';

/** Kinds of services outside (formats §5). */
export const INTEGRATION_TYPES = ['external_rater', 'data_autofill', 'webhook'] as const;
export const EXTERNAL_RATER = 'external_rater';
const FILE = 'integrations.json';

/** One thing that is wrong with an integration, wherever it is defined. */
export interface IntegrationFault {
  readonly member: string;
  readonly message: string;
}

/**
 * What keeps an integration from being used (core/integrations/SPEC.md I1 to I4); empty when it is sound. The same rules hold for
 * the registry and for a configuration's file.
 */
export function integrationFaults(definition: IntegrationDefinition): readonly IntegrationFault[] {
  const { name, type, headers, securitySpec } = definition;
  const faults: IntegrationFault[] = [];
  const add = (member: string, message: string): number => faults.push({ member, message });
  if (!/^[^\s/?#%\\\p{Cc}][^/?#%\\\p{Cc}]{0,199}$/u.test(name))
    add('name', 'A name has 1 to 200 characters without / ? # % and \\, and begins with no space.');
  if (!INTEGRATION_TYPES.some((known) => known === type))
    add('type', `"${type}" is no type of integration: there are ${INTEGRATION_TYPES.join(', ')}.`);
  const url = URL.canParse(definition.url) ? new URL(definition.url) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) add('url', 'A URL begins with https:// or http://.');
  else if (url.username !== '' || url.password !== '')
    add('url', 'A URL holds no user and password: send them in a header, where they are kept encrypted.');
  for (const [header, value] of Object.entries(headers)) {
    if (!isHeaderName(header)) add(`headers.${header}`, `"${header}" can not be sent as a header.`);
    else if (typeof value === 'string' && !isHeaderValue(value))
      add(`headers.${header}`, 'The value of a header is one line of Latin characters.');
  }
  if (new Set(Object.keys(headers).map((header) => header.toLowerCase())).size < Object.keys(headers).length)
    add('headers', 'A header is given twice; upper and lower case make no difference.');
  if (!securitySpec) return faults;
  if (url && url.protocol !== 'https:' && !isLoopback(url))
    add('securitySpec', 'A securitySpec needs an https:// URL, except for a service on this machine.');
  if (securitySpec.hmacEnabled === true && securitySpec.secret === undefined)
    add('securitySpec.secret', 'A signature (hmacEnabled) needs a secret.');
  if (securitySpec.tag !== undefined && securitySpec.secret === undefined)
    add('securitySpec.tag', 'A tag names a secret: it needs one.');
  if (securitySpec.tag !== undefined && !isHeaderValue(securitySpec.tag))
    add('securitySpec.tag', 'A tag is one line of Latin characters.');
  return faults;
}

/** Whether a URL leads to this machine, where nothing travels over a network. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}

/** Reads `integrations.json` (formats §10): a list, or an object with the list as `integrations`. Secrets by reference only. */
export function readIntegrations(file: ObjectReader | undefined): Configuration['integrations'] {
  const readers = file ? (file.node.items ? file.rootItems() : file.objects('integrations')) : [];
  if (file && !file.node.items) file.finish();
  return readers.flatMap((reader) => {
    const [name, url] = [reader.text('name'), reader.text('url')];
    const type = reader.text('type') ?? EXTERNAL_RATER;
    const headers = readHeaders(reader.object('headers'));
    const securitySpec = readSecurity(reader.object('securitySpec'));
    reader.finish();
    if (name === undefined || url === undefined) {
      reader.warn('integration-incomplete', 'An integration has a "name" and a "url": this one is left out.');
      return [];
    }
    const definition = { name, url, type, headers, ...defined({ securitySpec }) };
    for (const { member, message } of integrationFaults(definition))
      reader.warn(
        'integration-unusable',
        `The integration "${name}" can not be used: ${message}`,
        member.split('.')[0],
      );
    return [definition];
  });
}

function readHeaders(reader: ObjectReader | undefined): IntegrationDefinition['headers'] {
  const headers: Record<string, string | SecretReference> = {};
  for (const key of reader?.keys ?? []) {
    const reference = readReference(reader, key);
    if (reference) headers[key] = reference;
    const text = reference ? undefined : reader?.text(key);
    if (text === undefined) continue;
    if (holdsSecret(key))
      reader?.error(
        'secret-in-the-clear',
        `The value of "${key}" stands here in the clear, and in the Git repository for good: write {"$secret": "a-name"} and set that secret in the workbench.`,
        key,
      );
    else headers[key] = text;
  }
  return headers;
}

function readSecurity(reader: ObjectReader | undefined): IntegrationDefinition['securitySpec'] {
  if (!reader) return undefined;
  const secret = readReference(reader, 'secret');
  if (!secret && reader.keys.includes('secret'))
    reader.error('secret-in-the-clear', 'A secret stands here by its name only: {"$secret": "a-name"}.', 'secret');
  const spec = defined({
    hmacEnabled: reader.flag('hmacEnabled'),
    secureSSL: reader.flag('secureSSL'),
    tag: reader.text('tag'),
    secret,
  });
  reader.ignore('secret');
  reader.finish();
  return spec;
}

/** `{"$secret": "name"}` */
function readReference(reader: ObjectReader | undefined, key: string): SecretReference | undefined {
  if (!reader?.node.members?.get(key)?.node.members) return undefined;
  const $secret = reader.object(key)?.text('$secret');
  return $secret === undefined ? undefined : { $secret };
}

/** Headers whose very name says that the value is a secret. */
function holdsSecret(header: string): boolean {
  return /auth|cookie|key|token|secret|passw|credential|signature/i.test(header);
}

/** Raters that products name: the configuration brings them, or the registry of the workbench has to. */
export function checkIntegrations(configuration: Configuration, reports: Reports): void {
  const { integrations } = configuration;
  const names = integrations.map(({ name }) => name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index)))
    reports.add('warning', 'duplicate-integration', `The integration "${name}" stands here twice: the first counts.`, {
      ...placeOfText(configuration, FILE, `"${name}"`),
    });
  for (const product of configuration.products) {
    const { externalRater } = product;
    if (externalRater === undefined) continue;
    const place = placeOfText(configuration, join(product.directory, 'policy/policy.json'), `"${externalRater}"`);
    const found = integrations.find(({ name }) => name === externalRater);
    if (!found)
      reports.add(
        'warning',
        'unknown-integration',
        `The external rater "${externalRater}" does not come with this configuration (${FILE}): register it in the workbench (POST /integrations), or nothing can be priced.${suggestion(externalRater, names)}`,
        place,
        product.name,
      );
    else if (found.type !== EXTERNAL_RATER)
      reports.add(
        'warning',
        'wrong-integration',
        `"${externalRater}" is an integration of type ${found.type}, not ${EXTERNAL_RATER}: it can not price.`,
        place,
        product.name,
      );
  }
}
