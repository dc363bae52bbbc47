import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Caller, Desk } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { repairVersion } from '#core/policy/repair.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { Deployment, Example, ProductSummary } from '../contract.ts';
import type { Door, DoorContext } from '../door.ts';
import { parse, parseJsonText } from '../parse.ts';
import { EXAMPLES_FOLDER } from '../paths.ts';
import { DeployFile, DeployFolder, Nothing } from '../schemas.ts';
import { uploadedFile } from './attachments.ts';

const tag = 'Configurations';

/**
 * Deploying configurations, ours and at the original's paths (formats §1.12), and the examples that come along.
 * @param takesFiles whether a ZIP may be named by its path: in the desktop, where the user chose it in a dialog or opened it
 */
export function configurationResources(door: Door, takesFiles = false): void {
  door.on(
    {
      method: 'get',
      path: '/api/configurations',
      tag,
      summary: 'All deployments, newest first',
      answer: 'ConfigurationRecord[]',
    },
    ({ desk }) => desk.configurations.list(),
  );
  door.on(
    {
      method: 'post',
      path: '/api/configurations',
      tag,
      summary: 'Deploy a ZIP (application/zip), or {"folder": "…"}',
      answer: 'Deployment',
    },
    async ({ desk, context, caller }) => {
      const by = caller();
      const type = context.req.header('content-type') ?? '';
      if (type.includes('json')) {
        const body = parseJsonText(await context.req.text(), 'The request');
        if (takesFiles && typeof body === 'object' && body !== null && 'zip' in body)
          return deploy(desk, by, await loadConfiguration({ zip: parse(DeployFile, body, 'The request').zip }));
        return deploy(desk, by, await loadConfiguration(parse(DeployFolder, body, 'The request')));
      }
      const zip = type.includes('multipart/form-data')
        ? await (await uploadedFile(context, 'zipFile')).arrayBuffer()
        : await context.req.arrayBuffer();
      return deploy(desk, by, await loadConfiguration({ zip: new Uint8Array(zip) }));
    },
  );
  for (const at of [
    '/configuration/deploy',
    '/configuration/deployTest',
    '/configuration/studio/deploy',
    '/assets/v1/deploy',
  ])
    door.on(
      {
        method: 'post',
        path: at,
        tag,
        summary: 'Deploy a ZIP as the original does (multipart, zipFile)',
        answer: 'DeployResponse',
      },
      async ({ desk, context, caller }) => {
        const zip = new Uint8Array(await (await uploadedFile(context, 'zipFile')).arrayBuffer());
        return deployResponse(context, await deploy(desk, caller(), await loadConfiguration({ zip })));
      },
    );
  for (const at of ['/configuration/repair', '/configuration/studio/repair'])
    door.on(
      {
        method: 'post',
        path: at,
        tag,
        summary: 'Replace a version in place (multipart: zipFile, and version; default the newest of its product)',
        answer: 'DeployResponse',
      },
      async ({ desk, context, caller }) => {
        const zip = new Uint8Array(await (await uploadedFile(context, 'zipFile')).arrayBuffer());
        const { version } = await context.req.parseBody();
        const loaded = await loadConfiguration({ zip });
        const configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
        const record = await repairVersion(desk, caller(), configuration, versionIn(version));
        return deployResponse(context, { ...record, diagnostics: configuration.diagnostics });
      },
    );
  door.on(
    {
      method: 'get',
      path: '/api/examples',
      tag,
      summary: 'The products that come with Fieldwriter',
      answer: 'Example[]',
    },
    () => listExamples(),
  );
  door.on(
    {
      method: 'post',
      path: '/api/examples/:name',
      tag,
      summary: 'Deploy one of them',
      body: Nothing,
      answer: 'Deployment',
    },
    async ({ desk, param, caller }) => {
      const by = caller();
      const known = await listExamples();
      const example = known.find(({ name }) => name === param('name'));
      if (!example)
        throw new Problem(
          'not-found',
          `There is no example "${param('name')}". There are: ${known.map(({ name }) => name).join(', ')}.`,
        );
      const loaded = await loadConfiguration({ folder: path.join(EXAMPLES_FOLDER, example.name) });
      return deploy(desk, by, loaded, { judged: true });
    },
  );
}

/** As the original answers a deployment (formats §1.12). */
function deployResponse(
  context: DoorContext,
  { configVersion, diagnostics }: Pick<Deployment, 'configVersion' | 'diagnostics'>,
) {
  return {
    success: true,
    hostname: context.req.header('host'),
    tenantName: 'fieldwriter',
    configVersion,
    logfile: diagnostics
      .map(({ severity, file, line, message }) => `${severity} ${file}:${line} ${message}`)
      .join('\n'),
  };
}

/** A form's member `version`. Throws `malformed-request`. */
function versionIn(given: unknown): number | undefined {
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && /^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new Problem('malformed-request', 'version is the number of a version: GET /api/configurations lists them.', {
    place: { field: 'version' },
  });
}

/** Checks and deploys what was loaded. Throws `invalid-configuration` with all findings. */
export async function deploy(
  desk: Desk,
  caller: Caller,
  loaded: Configuration,
  options: { readonly judged?: boolean } = {},
): Promise<Deployment> {
  const configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
  const record = await deployConfiguration(desk, caller, configuration, options);
  return {
    configVersion: record.configVersion,
    commit: record.commit,
    products: productsOf(record),
    diagnostics: configuration.diagnostics,
  };
}

export function productsOf({ products, configVersion, commit }: ConfigurationRecord): readonly ProductSummary[] {
  return products.map((product) => ({ ...product, configVersion, commit }));
}

/** Title and description are the heading and the first paragraph of the example's README. */
export async function listExamples(): Promise<readonly Example[]> {
  // A product that ships without the examples has none to offer.
  const folders = await readdir(EXAMPLES_FOLDER, { withFileTypes: true }).catch(() => []);
  const examples = folders
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }): Promise<Example> => {
      const readme = await readFile(path.join(EXAMPLES_FOLDER, name, 'README.md'), 'utf8').catch(() => '');
      const [heading = '', ...paragraphs] = readme.split(/\r?\n\s*\r?\n/);
      const description = (paragraphs.find((text) => /^\w/.test(text)) ?? '')
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/[*`]/g, '');
      return {
        name,
        title: heading.replace(/^#+\s*/, '').trim() || name,
        description: description.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1'),
      };
    });
  return (await Promise.all(examples)).sort((a, b) => a.name.localeCompare(b.name));
}
