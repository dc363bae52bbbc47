import { answeredBefore, type Caller, commit, type Desk, look, need, type Typed, write } from '#core/desk/desk.ts';
import type { IntegrationRecord } from '#core/desk/integration-records.ts';
import { Problem } from '#core/model/problem.ts';
import { EXTERNAL_RATER, integrationFaults } from '#core/product/integrations.ts';
import type { Change, RecordType } from '#core/store/contract.ts';
import { headerPlace, secretPlace, secretSetting } from './registry.ts';

/** Stands in every answer where a secret is set; sent back, it leaves that secret as it is. */
export const MASK = '********';

/** ExternalServiceIntegrationAddRequest of the original; an update has the name in its path. */
export interface IntegrationRequest {
  readonly name: string;
  readonly url: string;
  readonly type?: IntegrationRecord['type'] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly securitySpec?: SecurityRequest | null | undefined;
}
interface SecurityRequest {
  readonly hmacEnabled?: boolean | undefined;
  readonly secureSSL?: boolean | undefined;
  readonly secret?: string | null | undefined;
  readonly tag?: string | null | undefined;
}
/** ExternalServiceIntegrationResponse of the original, without secrets. */
export interface IntegrationResponse {
  readonly name: string;
  readonly url: string;
  readonly type: IntegrationRecord['type'];
  readonly headers: Readonly<Record<string, string>>;
  readonly securitySpec?: {
    readonly hmacEnabled: boolean;
    readonly secureSSL: boolean;
    readonly secret?: string;
    readonly tag?: string;
  };
}

/** The registry by name, secrets masked. */
export function listIntegrations(desk: Desk): readonly IntegrationResponse[] {
  return (desk.store.list('integration') as unknown as readonly Typed<'integration'>[]).map(({ record }) =>
    response(record),
  );
}

/** Registers an integration. Throws `wrong-state` for a name that is taken, `invalid-fields` for what can not be used (SPEC I1 to I4). */
export function addIntegration(desk: Desk, caller: Caller, request: IntegrationRequest): void {
  if (answeredBefore(desk, caller, 'integration.add', request.name) !== undefined) return;
  if (look(desk, 'integration', request.name))
    throw new Problem(
      'wrong-state',
      `There is an integration "${request.name}" already: change it with PUT /integrations/${encodeURIComponent(request.name)}.`,
    );
  save(desk, caller, request, undefined, 'integration.add');
}

/** Replaces an integration as a whole; what is left out takes its default, the type stays. Throws `not-found`, `invalid-fields`. */
export function replaceIntegration(desk: Desk, caller: Caller, request: IntegrationRequest): void {
  save(desk, caller, request, need(desk, 'integration', request.name).record, 'integration.replace');
}

/** Takes an integration out of the registry; one that the configuration brings under that name counts again. Throws `not-found`. */
export function removeIntegration(desk: Desk, caller: Caller, name: string): void {
  const { version } = need(desk, 'integration', name);
  commit(desk, caller, {
    name: 'integration.remove',
    arguments: { name },
    changes: [{ type: 'integration', locator: name, base: version, record: null }],
    result: name,
  });
}

/**
 * Takes the last change of an integration back, also its removal, with the secrets as they were sealed. Throws `wrong-state` for
 * one that was only just added: that is undone by removing it.
 */
export function undoIntegration(desk: Desk, caller: Caller, name: string): void {
  const versions = desk.store
    .history('integration', name)
    .flatMap((entry) => entry.changes)
    .filter((change) => change.type === 'integration' && change.locator === name);
  const [before, last] = versions.slice(-2);
  if (!last || !before?.record)
    throw new Problem('wrong-state', `There is no change of the integration "${name}" to take back.`);
  commit(desk, caller, {
    name: 'integration.undo',
    arguments: { name },
    changes: [write('integration', name, last.version, before.record as unknown as IntegrationRecord)],
    result: name,
  });
}

/** Sets what `{"$secret": name}` stands for in configurations. */
export function setSecret(desk: Desk, caller: Caller, name: string, value: string): void {
  const setting = secretSetting(name);
  const change = write('setting', setting, baseOf(desk, 'setting', setting), {
    sealed: desk.vault.seal(value, setting),
    at: desk.now(),
  });
  commit(desk, caller, { name: 'secret.set', arguments: { name }, changes: [change], result: name });
}

/** Forgets a secret. Throws `not-found`. */
export function removeSecret(desk: Desk, caller: Caller, name: string): void {
  const setting = desk.store.get('setting', secretSetting(name));
  if (!setting) throw new Problem('not-found', `No secret "${name}" is set.`);
  const change: Change = { type: 'setting', locator: setting.locator, base: setting.version, record: null };
  commit(desk, caller, { name: 'secret.remove', arguments: { name }, changes: [change], result: name });
}

/** Names of the secrets that are set, and when; never what they are. */
export function listSecrets(desk: Desk): readonly { readonly name: string; readonly setTimestamp: string }[] {
  const prefix = secretSetting('');
  return desk.store
    .list('setting', { after: prefix })
    .filter(({ locator }) => locator.startsWith(prefix))
    .map(({ locator, record }) => ({ name: locator.slice(prefix.length), setTimestamp: String(record.at) }));
}

function save(
  desk: Desk,
  caller: Caller,
  request: IntegrationRequest,
  before: IntegrationRecord | undefined,
  command: string,
): void {
  refuseFaults(request, before);
  const { name, url } = request;
  const at = desk.now();
  const type = request.type ?? before?.type ?? EXTERNAL_RATER;
  const securitySpec = request.securitySpec && security(desk, name, request.securitySpec, before);
  const record: IntegrationRecord = {
    locator: name,
    url,
    type,
    headers: Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([header, value]) => [
        header,
        value === MASK ? (before?.headers[header] ?? '') : desk.vault.seal(value, headerPlace(name, header)),
      ]),
    ),
    ...(securitySpec ? { securitySpec } : {}),
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
  commit(desk, caller, {
    name: command,
    arguments: { name },
    changes: [write('integration', name, baseOf(desk, 'integration', name), record)],
    result: name,
  });
}

function security(
  desk: Desk,
  name: string,
  { secret, tag, ...flags }: SecurityRequest,
  before: IntegrationRecord | undefined,
): NonNullable<IntegrationRecord['securitySpec']> {
  const kept = before?.securitySpec?.secret;
  const sealed = secret === MASK ? kept : secret ? desk.vault.seal(secret, secretPlace(name)) : undefined;
  return {
    hmacEnabled: flags.hmacEnabled ?? false,
    secureSSL: flags.secureSSL ?? true,
    ...(sealed === undefined ? {} : { secret: sealed }),
    ...(tag ? { tag } : {}),
  };
}

function refuseFaults(request: IntegrationRequest, before: IntegrationRecord | undefined): void {
  const { secret, tag, ...flags } = request.securitySpec ?? {};
  const faults = [
    ...integrationFaults({
      name: request.name,
      url: request.url,
      type: request.type ?? before?.type ?? EXTERNAL_RATER,
      headers: request.headers ?? {},
      ...(request.securitySpec
        ? {
            securitySpec: {
              ...(flags.hmacEnabled === undefined ? {} : { hmacEnabled: flags.hmacEnabled }),
              ...(secret ? { secret } : {}),
              ...(tag ? { tag } : {}),
            },
          }
        : {}),
    }),
    ...Object.entries(request.headers ?? {})
      .filter(([header, value]) => value === MASK && before?.headers[header] === undefined)
      .map(([header]) => ({ member: `headers.${header}`, message: NOTHING_TO_KEEP })),
    ...(secret === MASK && before?.securitySpec?.secret === undefined
      ? [{ member: 'securitySpec.secret', message: NOTHING_TO_KEEP }]
      : []),
  ];
  const [first] = faults;
  if (!first) return;
  throw new Problem('invalid-fields', `The integration can not be used: ${first.member}: ${first.message}`, {
    place: { field: first.member },
    fieldErrors: faults.map(({ member, message }) => ({ fieldName: member, code: 'INVALID_VALUE', message })),
  });
}

const NOTHING_TO_KEEP = `${MASK} keeps the secret that is set, and there is none: send the secret itself.`;

function response({ locator, url, type, headers, securitySpec }: IntegrationRecord): IntegrationResponse {
  const { secret, tag, hmacEnabled, secureSSL } = securitySpec ?? {};
  return {
    name: locator,
    url,
    type,
    headers: Object.fromEntries(Object.keys(headers).map((header) => [header, MASK])),
    ...(securitySpec
      ? {
          securitySpec: {
            hmacEnabled: hmacEnabled ?? false,
            secureSSL: secureSSL ?? true,
            ...(secret === undefined ? {} : { secret: MASK }),
            ...(tag === undefined ? {} : { tag }),
          },
        }
      : {}),
  };
}

/** The version that a record named by people is written over: of one that was removed, that of its tombstone (store, J8). */
function baseOf(desk: Desk, type: RecordType, locator: string): number {
  const current = desk.store.get(type, locator)?.version;
  if (current !== undefined) return current;
  const changes = desk.store.history(type, locator).flatMap((entry) => entry.changes);
  return Math.max(
    0,
    ...changes.filter((one) => one.type === type && one.locator === locator).map((one) => one.version),
  );
}
