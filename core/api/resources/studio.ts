import path from 'node:path';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { createProduct } from '#core/policy/studio/create.ts';
import { documentChoices, tryDocument } from '#core/policy/studio/document.ts';
import { dryRun } from '#core/policy/studio/dry-run.ts';
import { type DroppedFile, importFolder } from '#core/policy/studio/import.ts';
import { filesOf } from '#core/policy/studio/parts.ts';
import { parsePath } from '#core/policy/studio/paths.ts';
import { storedRisks } from '#core/policy/studio/risks.ts';
import { saveCopy } from '#core/policy/studio/save.ts';
import { tableSlice } from '#core/policy/studio/tables.ts';
import { changesBetween, versionsOf } from '#core/policy/studio/versions.ts';
import { changedSide, workingCopies } from '#core/policy/studio/working-copy.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { decodeText } from '#core/product/text.ts';
import type { Deployment } from '../contract.ts';
import type {
  CheckAnswer,
  ConfigurationFiles,
  ConfigurationVersion,
  CreateProduct,
  DocumentAnswer,
  DryRunSlice,
  FileChange,
  FileContent,
  StoredRisk,
  StudioForm,
  TableSlice,
} from '../contracts/studio.ts';
import type { Door, DoorContext } from '../door.ts';
import { parse, parseJsonText } from '../parse.ts';
import { EXAMPLES_FOLDER } from '../paths.ts';
import {
  ImportPaths,
  StudioCheck,
  StudioCreate,
  StudioDocument,
  StudioDryRun,
  StudioFormRequest,
  StudioSave,
} from '../studio-schemas.ts';
import { deploy, listExamples, productsOf } from './configurations.ts';
import { numberIn } from './policyholders.ts';
import { productForm } from './products.ts';

const tag = 'Product studio';

/** Browsing versions, and everything that is done with a working copy before and when it is saved. */
export function studioResources(door: Door): void {
  browsing(door);
  working(door);
  making(door);
}

function browsing(door: Door): void {
  const version = ({ desk, param }: { desk: Desk; param(name: string): string }) =>
    desk.configurations.version(versionIn(param('version'), 'version'));
  door.on(
    {
      method: 'get',
      path: '/api/configurations/:version/files',
      tag,
      summary: 'Its files as parts',
      answer: 'ConfigurationFiles',
    },
    async (call): Promise<ConfigurationFiles> => {
      const { record, configuration } = await version(call);
      return {
        configVersion: record.configVersion,
        timeZone: configuration.timeZone,
        currency: configuration.currency,
        products: record.products.map(({ name, displayName }) => ({ name, displayName })),
        files: filesOf(configuration),
      };
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/configurations/:version/file',
      tag,
      summary: 'One file as text',
      query: { path: 'from the root of the configuration' },
      answer: 'FileContent',
    },
    async (call): Promise<FileContent> => {
      const wanted = parsePath(call.query('path') ?? '');
      const { configuration, record } = await version(call);
      const bytes = configuration.files.get(wanted);
      if (!bytes)
        throw new Problem('not-found', `Version ${record.configVersion} has no file ${wanted}.`, {
          place: { file: wanted },
        });
      const { text, encoding } = decodeText(bytes);
      return { path: wanted, bytes: bytes.length, text: encoding === 'binary' ? null : text };
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/configurations/:version/table',
      tag,
      summary: 'Rows of a table',
      query: {
        path: 'of its CSV',
        q: 'words that the rows hold',
        from: 'default 0',
        count: 'default 200, at most 1,000',
      },
      answer: 'TableSlice',
    },
    async (call): Promise<TableSlice> => {
      const file = parsePath(call.query('path') ?? '');
      const { configuration } = await version(call);
      return tableSlice(configuration, file, {
        words: call.query('q') ?? '',
        from: Math.max(0, numberIn(call.query('from'), 'from') ?? 0),
        count: Math.min(1_000, Math.max(1, numberIn(call.query('count'), 'count') ?? 200)),
      });
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/configurations/:version/changes',
      tag,
      summary: 'Files that differ from another version',
      query: { since: 'the other version' },
      answer: 'FileChange[]',
    },
    ({ desk, param, query }): Promise<readonly FileChange[]> =>
      changesBetween(desk, versionIn(query('since') ?? '', 'since'), versionIn(param('version'), 'version')),
  );
  door.on(
    {
      method: 'get',
      path: '/api/studio/products/:name/versions',
      tag,
      summary: 'The versions of a product, newest first',
      answer: 'ConfigurationVersion[]',
    },
    ({ desk, param }): readonly ConfigurationVersion[] => versionsOf(desk, param('name')),
  );
  door.on(
    {
      method: 'get',
      path: '/api/studio/products/:name/risks',
      tag,
      summary: 'Stored risks of a product to try things on, newest first',
      query: { limit: 'default 50, at most 1,000' },
      answer: 'StoredRisk[]',
    },
    ({ desk, param, query }): readonly StoredRisk[] =>
      storedRisks(desk, param('name'), Math.min(1_000, Math.max(1, numberIn(query('limit'), 'limit') ?? 50))),
  );
}

function working(door: Door): void {
  const copies = workingCopies(door.desk);
  const post = { method: 'post', tag } as const;
  door.on(
    {
      ...post,
      path: '/api/studio/check',
      summary: 'What a check says of a working copy',
      body: StudioCheck,
      answer: 'CheckAnswer',
    },
    async ({ body }): Promise<CheckAnswer> => ({
      diagnostics: (await copies.of(body.base, body.changes)).diagnostics(),
    }),
  );
  door.on(
    {
      ...post,
      path: '/api/studio/form',
      summary: 'The form that it would have',
      body: StudioFormRequest,
      answer: 'StudioForm',
    },
    async ({ body }): Promise<StudioForm> => {
      const { deployed, product } = changedSide(await copies.of(body.base, body.changes), body.product);
      return {
        form: productForm(deployed.configuration, product, body.base),
        documents: documentChoices(product),
      };
    },
  );
  door.on(
    {
      ...post,
      path: '/api/studio/document',
      summary: 'One of its documents of a risk',
      body: StudioDocument,
      answer: 'DocumentAnswer',
    },
    async ({ desk, body, context }): Promise<DocumentAnswer> => {
      const copy = await copies.of(body.base, body.changes);
      const tried = await tryDocument(desk, copy, body, context.req.raw.signal);
      if (tried.state === 'made') {
        const { bytes, ...made } = tried;
        return { ...made, content: Buffer.from(bytes).toString('base64') };
      }
      if (tried.state === 'suppressed') return tried;
      const { message, place } = tried.problem;
      return { ...tried, problem: { message, ...(place ? { place } : {}) } };
    },
  );
  door.on(
    {
      ...post,
      path: '/api/studio/dry-run',
      summary: 'Decisions before and after, of some risks',
      body: StudioDryRun,
      answer: 'DryRunSlice',
    },
    async ({ desk, body }): Promise<DryRunSlice> =>
      dryRun(desk, await copies.of(body.base, body.changes), body.product, body.book),
  );
  door.on(
    {
      ...post,
      path: '/api/studio/save',
      summary: 'Deploy a working copy as a new version',
      body: StudioSave,
      answer: 'Deployment',
    },
    async ({ desk, body, caller }): Promise<Deployment> => {
      const by = caller();
      const copy = await copies.of(body.base, body.changes);
      const { record, diagnostics } = await saveCopy(desk, by, copy, body.message);
      return { configVersion: record.configVersion, commit: record.commit, products: productsOf(record), diagnostics };
    },
  );
}

function making(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/api/studio/create',
      tag,
      summary: 'Deploy a new product made from a template',
      body: StudioCreate,
      answer: 'ProductSummary[]',
    },
    async ({ desk, body, caller }) => {
      const by = caller();
      const { configuration, from } = await templateOf(desk, body.template);
      const record = await createProduct(desk, by, configuration, {
        name: body.name,
        ...(from === undefined ? {} : { from }),
      });
      return productsOf(record);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/studio/import',
      tag,
      summary: 'Deploy a folder (multipart: `paths` as a JSON list, and as many `files`)',
      answer: 'Deployment',
    },
    async ({ desk, context, caller }): Promise<Deployment> => {
      const by = caller();
      return deploy(desk, by, await importFolder(await droppedFiles(context)));
    },
  );
}

async function templateOf(
  desk: Desk,
  template: CreateProduct['template'],
): Promise<{ readonly configuration: Configuration; readonly from?: string }> {
  if ('product' in template) {
    const { product, configVersion } = template;
    const { configuration } = await (configVersion === undefined
      ? desk.configurations.newestOf(product)
      : desk.configurations.version(configVersion));
    return { configuration, from: product };
  }
  const known = (await listExamples()).find(({ name }) => name === template.example);
  if (!known) throw new Problem('not-found', `There is no example "${template.example}".`);
  const configuration = await loadConfiguration({ folder: path.join(EXAMPLES_FOLDER, known.name) });
  const [first] = configuration.products;
  return { configuration, ...(first ? { from: first.name } : {}) };
}

async function droppedFiles(context: DoorContext): Promise<readonly DroppedFile[]> {
  let form: FormData;
  try {
    form = await context.req.formData();
  } catch (cause) {
    throw new Problem('malformed-request', 'The request is no multipart form that can be read.', { cause });
  }
  const given = form.get('paths');
  const paths = parse(ImportPaths, typeof given === 'string' ? parseJsonText(given, 'paths') : undefined, 'paths');
  const files = form.getAll('files').filter((file) => file instanceof File);
  if (files.length !== paths.length)
    throw new Problem(
      'malformed-request',
      `${paths.length} paths came with ${files.length} files: send one for each.`,
      {
        place: { field: 'files' },
      },
    );
  return Promise.all(
    files.map(async (file, index) => ({ path: paths[index] ?? '', bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}

function versionIn(text: string, name: string): number {
  const version = numberIn(text, name);
  if (version !== undefined && Number.isInteger(version) && version > 0) return version;
  throw new Problem('malformed-request', `"${text}" is no version: give its number.`, { place: { field: name } });
}
