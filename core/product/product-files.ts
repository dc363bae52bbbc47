import type { FieldDefinition } from '#core/model/field.ts';
import type { Product, RatingRules, TaxDefinition } from '#core/model/product.ts';
import { readEntityFields, readExposures } from './entities.ts';
import { defined, readFields } from './fields.ts';
import type { ObjectReader } from './object-reader.ts';
import { readPlugins } from './plugins.ts';
import {
  displayNameOf,
  named,
  readCancellations,
  readDocuments,
  readEndorsements,
  readFees,
  readRating,
} from './product-parts.ts';
import { baseName, folderOf, join, type Source } from './source.ts';

/** Loads one product from its folder (formats §1.1–1.11). What is missing is absent or empty; nothing throws. */
export function loadProduct(
  source: Source,
  at: { readonly name: string; readonly directory: string },
  shared: { readonly scripts: Readonly<Record<string, string>>; readonly rating: RatingRules },
): Product {
  const { name, directory } = at;
  const policyFolder = join(directory, 'policy');
  const json = (path: string): ObjectReader | undefined => source.json(join(policyFolder, path), name);
  const path = (file: string): string | undefined => {
    const full = join(policyFolder, file);
    return source.has(full) ? full : undefined;
  };

  const policy = json('policy.json');
  if (!source.has(join(policyFolder, 'policy.json')))
    source.reports.add('info', 'missing-policy', 'The product has no policy.json.', { file: policyFolder }, name);
  const settings = readPolicySettings(policy);
  const fields = readEntityFields(source, policy, policyFolder, ['policy'], name);
  const documents = readDocuments(policy);
  const plugins = readPlugins(policy, shared.scripts);
  policy?.ignore('name', 'displayName', 'invoicing', 'searchSummary', 'reminders');
  policy?.finish();

  const renewals = json('renewals.json');
  const renewalDocuments = readDocuments(renewals);
  renewals?.finish();
  const rating = [join(policyFolder, 'rating.json'), join(directory, 'rating.json')].find((file) => source.has(file));

  return {
    name,
    displayName: displayNameOf(name),
    directory,
    fields,
    exposures: readExposures(source, policyFolder, name),
    documents,
    plugins,
    ...settings,
    taxes: readTaxes(source, join(policyFolder, 'taxes'), name),
    fees: readFees(json('fees.json')),
    ...defined({
      feesFile: path('policy.calculations.liquid'),
      guidelinesFile: path('underwriting.guidelines.liquid'),
    }),
    endorsements: readEndorsements(json('endorsements.json')),
    renewals: { documents: renewalDocuments },
    cancellations: readCancellations(json('cancellations.json')),
    premiumReports: readPremiumReports(json('premiumReporting.json')),
    templates: readTemplates(source, directory),
    staticDocuments: Object.fromEntries(
      source.below(join(policyFolder, 'static_documents')).map((file) => [baseName(file), file]),
    ),
    ...defined({ claim: readClaim(source, join(directory, 'claim'), name) }),
    rating: readRating(rating === undefined ? undefined : source.json(rating, name), shared.rating),
    caseFiles: source.below(join(directory, 'tests')).filter((file) => file.endsWith('.case.json')),
  };
}

type Settings = Pick<Product, 'externalRater' | 'paymentSchedules' | 'defaultPaymentTerms' | 'lapse'>;

function readPolicySettings(policy: ObjectReader | undefined): Settings {
  const paymentSchedules = (policy?.objects('paymentSchedules') ?? []).flatMap((reader) => {
    const type = reader.text('type');
    const name = reader.text('name') ?? type;
    const displayName = reader.text('displayName') ?? (name === undefined ? '' : displayNameOf(name));
    reader.finish();
    return name === undefined ? [] : [{ name, displayName, ...defined({ type }) }];
  });
  const terms = policy?.object('defaultPaymentTerms');
  const amount = terms?.number('amount') ?? 0;
  const unit = terms?.text('unit') ?? 'day';
  if (terms && unit.replace(/s$/, '') !== 'day')
    terms.warn('unknown-value', `"unit": "${unit}" is unknown: days count.`, 'unit');
  terms?.finish();
  const lapseReader = policy?.object('lapse');
  const lapse =
    lapseReader &&
    defined({
      gracePeriodDays: lapseReader.number('gracePeriodDays'),
      reinstatementPeriodDays: lapseReader.number('reinstatementPeriodDays'),
    });
  lapseReader?.finish();
  const externalRater = policy?.text('externalRater') || undefined;
  return { paymentSchedules, defaultPaymentTerms: { amount, unit: 'day' }, ...defined({ externalRater, lapse }) };
}

/** `taxes/taxes.json` and one `<name>.premium.liquid` each (formats §1.8). */
function readTaxes(source: Source, folder: string, product: string): readonly TaxDefinition[] {
  const reader = source.json(join(folder, 'taxes.json'), product);
  const taxes = (reader?.objects('taxes') ?? []).flatMap((tax): TaxDefinition[] => {
    const name = named(tax);
    if (name === undefined) return [];
    const displayName = tax.text('displayName') ?? displayNameOf(name);
    tax.finish();
    const file = join(folder, `${name}.premium.liquid`);
    if (source.has(file)) return [{ name, displayName, file }];
    tax.warn('missing-tax-file', `The tax "${name}" has no file ${file}: it is never charged.`, 'name');
    return [{ name, displayName }];
  });
  reader?.finish();
  for (const file of source.below(folder)) {
    if (!file.endsWith('.premium.liquid') || taxes.some((tax) => tax.file === file)) continue;
    const message = 'taxes.json does not list this tax: it is never charged.';
    source.reports.add('warning', 'undeclared-tax', message, { file }, product);
  }
  return taxes;
}

function readPremiumReports(file: ObjectReader | undefined): Product['premiumReports'] {
  const reports = (file?.objects('premiumReportingConfiguration') ?? []).map((reader) => {
    const reportName = reader.text('reportName') ?? '';
    const report = { reportName, fields: readFields(reader), documents: readDocuments(reader) };
    reader.finish();
    return report;
  });
  file?.finish();
  return reports;
}

const TEMPLATE = '.template.liquid';

/** Templates by name without `.template.liquid`; one directly in `policy/` counts before one in a deeper folder. */
function readTemplates(source: Source, directory: string): Readonly<Record<string, string>> {
  const files = source.below(directory).filter((file) => file.endsWith(TEMPLATE));
  const deepestFirst = [...files].sort((a, b) => b.split('/').length - a.split('/').length);
  return Object.fromEntries(deepestFirst.map((file) => [baseName(file).slice(0, -TEMPLATE.length), file]));
}

function readClaim(source: Source, folder: string, product: string): Product['claim'] {
  if (source.below(folder).length === 0) return undefined;
  const claim = source.json(join(folder, 'claim.json'), product);
  const fields = readEntityFields(source, claim, folder, ['claim'], product);
  claim?.ignore('name', 'displayName', 'documents');
  claim?.finish();
  const files = source
    .below(folder)
    .filter((file) => /\/sub-?claims?\/.*\.json$/i.test(file) && !/\.(dictionary|form|card)\.json$/.test(file));
  const subclaims = files.map((file): { name: string; fields: readonly FieldDefinition[] } => {
    const reader = source.json(file, product);
    const stem = baseName(file).replace(/\.json$/i, '');
    const name = reader?.text('name') || stem;
    const subFields = readEntityFields(source, reader, folderOf(file), [stem], product);
    reader?.ignore('displayName', 'documents');
    reader?.finish();
    return { name, fields: subFields };
  });
  return { fields, subclaims };
}
