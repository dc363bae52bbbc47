import { parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import { lookupOptions } from '#core/model/field-lookup.ts';
import { wholeExpression } from '#core/model/field-values.ts';
import {
  type Configuration,
  type DocumentDefinition,
  type Exposure,
  PERIL_AMOUNTS,
  type Peril,
  type Product,
} from '#core/model/product.ts';
import { type ReportPlace, type Reports, suggestion } from './reports.ts';
import { placeOfText } from './script-files.ts';
import { join } from './source.ts';

/** Characters that a product's name may not have (formats §1.1). */
const FORBIDDEN_IN_NAMES = /[$@=;/\\:+,{}^%`[\]<>~#*?|]|\p{Extended_Pictographic}/u;

/** What is wrong in how a product is put together: rates, perils, plugins, templates, fields. */
export function checkProduct(configuration: Configuration, product: Product, reports: Reports): void {
  const policyFile = join(product.directory, 'policy/policy.json');
  const at = (text: string, file = policyFile): ReportPlace => placeOfText(configuration, file, text);
  const warn = (code: string, message: string, place: ReportPlace): void =>
    reports.add('warning', code, message, place, product.name);

  if (FORBIDDEN_IN_NAMES.test(product.name))
    warn('product-name', `The name "${product.name}" has characters that the original refuses.`, { file: policyFile });
  checkRates(product, warn, at);
  checkPerilNames(configuration, product, warn);
  checkDocuments(configuration, product, warn, at);
  if (product.exposures.length === 0)
    warn('no-exposure', 'The product has no exposure: nothing in it can be insured.', { file: policyFile });

  const hosts: [readonly FieldDefinition[], string][] = [
    [product.fields, policyFile],
    ...product.exposures.flatMap(({ fields, file, perils }): [readonly FieldDefinition[], string][] => [
      [fields, file],
      ...perils.map((peril): [readonly FieldDefinition[], string] => [peril.fields, peril.file]),
    ]),
    ...product.premiumReports.map(({ fields }): [readonly FieldDefinition[], string] => [fields, policyFile]),
    ...(product.claim ? [[product.claim.fields, policyFile] as [readonly FieldDefinition[], string]] : []),
  ];
  for (const [fields, file] of hosts) checkFields(configuration, fields, file, reports, product.name);
  for (const { perils } of product.exposures)
    for (const { fields } of perils)
      for (const field of fields)
        if (PERIL_AMOUNTS.some((amount) => amount === field.name))
          warn(
            'reserved-field',
            `A peril field may not be called "${field.name}", which every peril has.`,
            placeOfField(field),
          );
}

const placeOfField = (field: FieldDefinition, file = ''): ReportPlace => field.place ?? { file };

type Warn = (code: string, message: string, place: ReportPlace) => void;
type At = (text: string, file?: string) => ReportPlace;

/** Who prices and who decides, where several or nobody would (formats §1.11). */
function checkRates(product: Product, warn: Warn, at: At): void {
  const { externalRater, plugins, exposures, guidelinesFile } = product;
  const rater = plugins.getPerilRates?.enabled === true;
  const perils = exposures.flatMap((exposure) => exposure.perils);
  const premiumFile = perils.find((peril) => peril.premiumFile)?.premiumFile;
  if (externalRater !== undefined && rater)
    warn(
      'several-raters',
      `The external rater "${externalRater}" prices: the plugin getPerilRates is never called.`,
      at('getPerilRates'),
    );
  else if (premiumFile !== undefined && (rater || externalRater !== undefined))
    warn(
      'plugin-and-liquid',
      `${rater ? 'The plugin getPerilRates' : `The external rater "${externalRater}"`} prices: this file and the other premium files are never run.`,
      { file: premiumFile },
    );
  if (guidelinesFile !== undefined && plugins.getUnderwritingResult?.enabled)
    warn('plugin-and-liquid', 'The plugin getUnderwritingResult decides: this file is never run.', {
      file: guidelinesFile,
    });
  if (externalRater !== undefined || rater) return;
  for (const peril of perils)
    if (!peril.premiumFile)
      warn(
        'peril-without-rate',
        `Nothing prices the peril "${peril.name}": it has no premium file, and there is no rater.`,
        {
          file: peril.file,
        },
      );
}

/** Perils are flattened by name: of two with different files only one survives on the original (formats §1.4). */
function checkPerilNames(configuration: Configuration, product: Product, warn: Warn): void {
  const first = new Map<string, { exposure: Exposure; peril: Peril }>();
  const content = (file: string | undefined): string =>
    file === undefined ? '' : Buffer.from(configuration.files.get(file) ?? []).toString('latin1');
  for (const exposure of product.exposures)
    for (const peril of exposure.perils) {
      const before = first.get(peril.name);
      if (!before) {
        first.set(peril.name, { exposure, peril });
        continue;
      }
      const same =
        content(peril.file) === content(before.peril.file) &&
        content(peril.premiumFile) === content(before.peril.premiumFile);
      if (same) continue;
      for (const [one, other] of [
        [before.peril, peril],
        [peril, before.peril],
      ] as const) {
        const message = `The peril "${peril.name}" is defined differently in ${other.file}: the original keeps only one of them. Give them different names.`;
        warn('duplicate-peril', message, placeOfText(configuration, one.file, `"${peril.name}"`));
      }
    }
}

/** Documents whose template is not there, wherever they are listed. */
function checkDocuments(configuration: Configuration, product: Product, warn: Warn, at: At): void {
  const policy = join(product.directory, 'policy');
  const lists: [readonly DocumentDefinition[], string][] = [
    [product.documents, join(policy, 'policy.json')],
    ...product.endorsements.map(({ documents }): [readonly DocumentDefinition[], string] => [
      documents,
      join(policy, 'endorsements.json'),
    ]),
    [product.renewals.documents, join(policy, 'renewals.json')],
    ...product.cancellations.flatMap(({ documents, reinstatement }): [readonly DocumentDefinition[], string][] => [
      [documents, join(policy, 'cancellations.json')],
      [reinstatement.documents, join(policy, 'cancellations.json')],
    ]),
    ...product.premiumReports.map(({ documents }): [readonly DocumentDefinition[], string] => [
      documents,
      join(policy, 'premiumReporting.json'),
    ]),
  ];
  for (const [documents, file] of lists)
    for (const { templateName, displayName } of documents) {
      const name = templateName.replace(/\.template\.liquid$/, '').replace(/\.liquid$/, '');
      if (product.templates[name] !== undefined || configuration.files.has(join(policy, templateName))) continue;
      const message = `The template ${templateName} of the document "${displayName}" is not there.${suggestion(name, Object.keys(product.templates))}`;
      warn('missing-template', message, at(templateName, file));
    }
}

/** Conditions, lookups, bounds and forms of one entity's fields, and of the groups among them. */
export function checkFields(
  configuration: Configuration,
  fields: readonly FieldDefinition[],
  file: string,
  reports: Reports,
  product: string | null,
): void {
  const byName = new Map(fields.map((field) => [field.name, field]));
  for (const field of fields) {
    const place = placeOfField(field, file);
    const warn = (code: string, message: string): void => reports.add('warning', code, message, place, product);
    for (const [name, values] of Object.entries(field.condition ?? {})) {
      const other = byName.get(name);
      if (!other) {
        warn(
          'unknown-condition-field',
          `"${field.name}" is asked for depending on "${name}", which is no field here: it is never asked for.${suggestion(name, byName.keys())}`,
        );
        continue;
      }
      if (other === field)
        warn('unreachable-field', `"${field.name}" is asked for only when it is answered already: never.`);
      if (other.type !== 'select' || !other.values?.length) continue;
      for (const value of values)
        if (!other.values.includes(value))
          warn(
            'unknown-condition-value',
            `"${field.name}" waits for "${name}" to be "${value}", which is none of its values.${suggestion(value, other.values)}`,
          );
    }
    if (field.regex !== undefined && !wholeExpression(field.regex))
      warn('invalid-regex', `The form ${field.regex} of "${field.name}" can not be read: it is not enforced.`);
    const [minimum, maximum] = [parseDecimal(field.minimum), parseDecimal(field.maximum)];
    if (field.type === 'number' && minimum && maximum && minimum.greaterThan(maximum))
      warn('empty-bounds', `No number is at least ${field.minimum} and at most ${field.maximum}.`);
    if (field.type === 'lookup' && field.table !== undefined) checkLookupField(configuration, field, fields, warn);
    if (field.fields) checkFields(configuration, field.fields, file, reports, product);
  }
}

function checkLookupField(
  configuration: Configuration,
  field: FieldDefinition,
  fields: readonly FieldDefinition[],
  warn: (code: string, message: string) => void,
): void {
  const { tables } = configuration;
  const table = Object.hasOwn(tables, field.table ?? '') ? tables[field.table ?? ''] : undefined;
  if (!table) {
    warn(
      'unknown-table',
      `The lookup field "${field.name}" chooses from the table "${field.table}", which is not there.${suggestion(field.table ?? '', Object.keys(tables))}`,
    );
    return;
  }
  const unknown = (field.match ?? []).filter(
    (name) => !fields.some((other) => other.name === name && other.type === 'lookup'),
  );
  for (const name of unknown)
    warn('unknown-match', `"${field.name}" matches "${name}", which is no lookup field here.`);
  if (unknown.length === 0 && lookupOptions(field, fields, {}, tables) === undefined)
    warn('unknown-match', `The table "${table.name}" has no column left for "${field.name}" to choose from.`);
}
