import type { IntegrationRecord } from '#core/desk/integration-records.ts';
import type { Vault } from '#core/desk/outside.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, IntegrationDefinition, SecretReference } from '#core/model/product.ts';
import { EXTERNAL_RATER, integrationFaults } from '#core/product/integrations.ts';
import type { Store } from '#core/store/contract.ts';

/** What looking up an integration needs. */
export interface RegistryKit {
  readonly store: Pick<Store, 'get'>;
  readonly vault: Vault;
  /** A secret from outside the store, e.g. the environment. */
  readonly secret: (name: string) => string | undefined;
}
/** Everything that a call needs, with its secrets in the clear: for the call only, kept nowhere. */
export interface Target {
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly verifyCertificate: boolean;
  readonly signature?: { readonly secret: string; readonly tag?: string };
}

/**
 * Finds an external rater: the registry of the workbench counts before what the configuration brings (SPEC I5).
 * Throws `rater-unavailable` for one that is not registered, is of another type, can not be used, or misses a secret.
 */
export function raterTarget(kit: RegistryKit, configuration: Configuration, name: string): Target {
  const registered = kit.store.get('integration', name)?.record as IntegrationRecord | undefined;
  const brought = configuration.integrations.find((integration) => integration.name === name);
  const found = registered ? opened(kit.vault, registered) : brought;
  if (!found)
    throw unavailable(
      `is not registered. Register it: POST /integrations {"name": ${JSON.stringify(name)}, "url": "https://…", "type": "${EXTERNAL_RATER}"}, or bring it in integrations.json of the configuration`,
      name,
    );
  if (found.type !== EXTERNAL_RATER)
    throw unavailable(
      `is registered as ${found.type}, which prices nothing. Change its type to ${EXTERNAL_RATER}, or name another integration in policy.json`,
      name,
    );
  const [fault] = integrationFaults(found);
  if (fault) throw unavailable(`can not be used (${fault.member}): ${fault.message.replace(/\.$/, '')}`, name);
  return targetOf(kit, found);
}

function targetOf(kit: RegistryKit, definition: IntegrationDefinition): Target {
  const { name, headers, securitySpec } = definition;
  const clear = (value: string | SecretReference): string =>
    typeof value === 'string' ? value : referenced(kit, name, value);
  const secret = securitySpec?.secret === undefined ? undefined : clear(securitySpec.secret);
  return {
    name,
    url: new URL(definition.url),
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), clear(value)])),
    verifyCertificate: securitySpec?.secureSSL !== false,
    ...(securitySpec?.hmacEnabled === true && secret !== undefined
      ? { signature: { secret, ...(securitySpec.tag === undefined ? {} : { tag: securitySpec.tag }) } }
      : {}),
  };
}

/** A registered integration with its secrets in the clear. */
function opened(vault: Vault, record: IntegrationRecord): IntegrationDefinition {
  const { locator: name, url, type, securitySpec } = record;
  const { secret, ...spec } = securitySpec ?? {};
  return {
    name,
    url,
    type,
    headers: Object.fromEntries(
      Object.entries(record.headers).map(([header, sealed]) => [header, vault.open(sealed, headerPlace(name, header))]),
    ),
    ...(securitySpec
      ? {
          securitySpec: { ...spec, ...(secret === undefined ? {} : { secret: vault.open(secret, secretPlace(name)) }) },
        }
      : {}),
  };
}

function referenced(kit: RegistryKit, integration: string, { $secret }: SecretReference): string {
  const stored = kit.store.get('setting', secretSetting($secret))?.record.sealed;
  const value = typeof stored === 'string' ? kit.vault.open(stored, secretSetting($secret)) : kit.secret($secret);
  if (value !== undefined && value !== '') return value;
  throw unavailable(
    `needs the secret "${$secret}", which nobody has set. Set it: PUT /api/secrets/${encodeURIComponent($secret)} {"value": "…"}, or the environment variable ${secretVariable($secret)}`,
    integration,
  );
}

function unavailable(what: string, rater: string): Problem {
  const details: JsonObject = { rater };
  return new Problem(
    'rater-unavailable',
    `The external rater "${rater}" ${what}. Nothing was priced; the transaction stays as it was.`,
    { details },
  );
}

/** What a sealed header belongs to. */
export function headerPlace(integration: string, header: string): string {
  return `${integration}/headers/${header}`;
}

/** What the sealed secret of a signature belongs to. */
export function secretPlace(integration: string): string {
  return `${integration}/secret`;
}

/** Locator of the setting that holds a secret for `{"$secret": name}`, and the place it is sealed for. */
export function secretSetting(name: string): string {
  return `secret:${name}`;
}

/** The environment variable that stands in for a secret nobody has set, e.g. `FIELDWRITER_SECRET_RATER_KEY` for `rater-key`. */
export function secretVariable(name: string): string {
  return `FIELDWRITER_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}
