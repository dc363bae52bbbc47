import type { FieldDefinition } from '#core/model/field.ts';
import { type Exposure, PERIL_AMOUNTS, type Peril, type PerilAmount } from '#core/model/product.ts';
import { joinForm, readFieldList, readFields } from './fields.ts';
import type { ObjectReader } from './object-reader.ts';
import { displayNameOf } from './product-parts.ts';
import { baseName, join, type Source } from './source.ts';

/**
 * The fields of an entity in either dialect (formats §1.5, §1.6): its `fields` array, or its dictionary and form files.
 * @param stems what those files are called before `.dictionary.json`: the kind of entity, its folder, its name
 */
export function readEntityFields(
  source: Source,
  file: ObjectReader | undefined,
  folder: string,
  stems: readonly string[],
  product: string | null,
): readonly FieldDefinition[] {
  const current = file ? readFields(file) : [];
  const first = (kind: string): ObjectReader | undefined => {
    const names = [...stems.map((stem) => `${stem}.${kind}.json`), `${kind}.json`];
    const found = names.find((name) => source.has(join(folder, name)));
    return found === undefined ? undefined : source.json(join(folder, found), product);
  };
  const dictionaryFile = first('dictionary');
  const form = first('form');
  if (!dictionaryFile && !form) return current;
  const dictionary = dictionaryFile
    ? dictionaryFile.node.items
      ? readFieldList(dictionaryFile)
      : readFields(dictionaryFile)
    : [];
  const older = form ? joinForm(dictionary, form) : dictionary;
  return [...older.filter(({ name }) => !current.some((field) => field.name === name)), ...current];
}

/** The exposures of a product: one folder each, with its perils (formats §1.4). */
export function readExposures(source: Source, policy: string, product: string): readonly Exposure[] {
  const folder = join(policy, 'exposures');
  const exposures: Exposure[] = [];
  for (const stem of source.folders(folder)) {
    const directory = join(folder, stem);
    const file = [`${directory}/exposure.json`, `${directory}/${stem}.json`].find((path) => source.has(path));
    const reader = file === undefined ? undefined : source.json(file, product);
    const perils = readPerils(source, join(directory, 'perils'), product);
    const fields = readEntityFields(source, reader, directory, ['exposure', stem], product);
    if (!file && fields.length === 0 && perils.length === 0) continue;
    const name = reader?.text('name') || stem;
    reader?.ignore('externalDataCalls');
    const displayName = reader?.text('displayName') ?? displayNameOf(name);
    reader?.finish();
    if (exposures.some((other) => other.name === name))
      source.reports.add(
        'warning',
        'duplicate-exposure',
        `Two exposures are called "${name}": only the first can be used.`,
        { file: file ?? directory },
        product,
      );
    else exposures.push({ name, displayName, fields, perils, file: file ?? directory });
  }
  return exposures;
}

/** The perils of an exposure: the files of its `perils/` folder are the list. */
function readPerils(source: Source, folder: string, product: string): readonly Peril[] {
  const own = source.names(folder).filter((name) => /\.json$/i.test(name) && !/\.(form|card)\.json$/i.test(name));
  const flat = own.map((name) => ({ stem: name.replace(/(\.dictionary)?\.json$/i, ''), directory: folder }));
  const nested = source.folders(folder).map((stem) => ({ stem, directory: join(folder, stem) }));
  const perils: Peril[] = [];
  for (const { stem, directory } of [...flat, ...nested]) {
    const peril = readPeril(source, directory, stem, product);
    if (peril && !perils.some(({ name }) => name === peril.name)) perils.push(peril);
  }
  reportStrayPremiums(source, folder, perils, product);
  return perils;
}

function readPeril(source: Source, directory: string, stem: string, product: string): Peril | undefined {
  const file = [`${directory}/${stem}.json`, `${directory}/peril.json`, `${directory}/${stem}.dictionary.json`].find(
    (path) => source.has(path),
  );
  if (file === undefined) return undefined;
  const reader = file.endsWith('.dictionary.json') ? undefined : source.json(file, product);
  const name = reader?.text('name') || stem;
  const amounts: Partial<Record<PerilAmount, string>> = {};
  for (const key of PERIL_AMOUNTS) {
    const amount = reader?.text(key);
    if (amount !== undefined) amounts[key] = amount;
  }
  const premiumFile = premiumFileOf(source, directory, [stem, name]);
  const displayName = reader?.text('displayName') ?? displayNameOf(name);
  const fields = readEntityFields(source, reader, directory, [stem, 'peril'], product);
  reader?.finish();
  return { name, displayName, fields, amounts, file, ...(premiumFile === undefined ? {} : { premiumFile }) };
}

const PREMIUM = '.premium.liquid';
const alike = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');

/** `<peril>.premium.liquid` beside the peril, by file or inner name; dashes, underscores and case may differ. */
function premiumFileOf(source: Source, directory: string, names: readonly string[]): string | undefined {
  const files = source.names(directory).filter((name) => name.endsWith(PREMIUM));
  const exact = names.map((name) => `${name}${PREMIUM}`).find((name) => files.includes(name));
  const near = files.find((name) => names.map(alike).includes(alike(name.slice(0, -PREMIUM.length))));
  const found = exact ?? near;
  return found === undefined ? undefined : join(directory, found);
}

function reportStrayPremiums(source: Source, folder: string, perils: readonly Peril[], product: string): void {
  const used = new Set(perils.map(({ premiumFile }) => premiumFile));
  for (const path of source.below(folder)) {
    if (!path.endsWith(PREMIUM) || used.has(path)) continue;
    const message = `No peril beside it is called "${baseName(path).slice(0, -PREMIUM.length)}": this file is never run.`;
    source.reports.add('warning', 'premium-without-peril', message, { file: path }, product);
  }
}
