import type {
  CancellationDefinition,
  DocumentDefinition,
  EndorsementDefinition,
  FeeDefinition,
  PageLayout,
  RatingRules,
} from '#core/model/product.ts';
import { defined } from './fields.ts';
import type { ObjectReader } from './object-reader.ts';
import { suggestion } from './reports.ts';

/** `my-product` → `My Product` (formats §1.1). */
export function displayNameOf(name: string): string {
  return name
    .replace(/[-_]+/g, ' ')
    .trim()
    .replace(/(^| )(\p{L})/gu, (_, blank: string, letter: string) => blank + letter.toUpperCase());
}

/** One of a closed set of words; anything else is a warning and the default counts. */
function word<T extends string>(
  reader: ObjectReader,
  key: string,
  allowed: readonly T[],
  severity: 'warn' | 'error' = 'warn',
): T | undefined {
  const text = reader.text(key);
  if (text === undefined || text === '') return undefined;
  const found = allowed.find((one) => one === text);
  if (!found)
    reader[severity](
      'unknown-value',
      `"${key}": "${text}" is none of ${allowed.join(', ')}.${suggestion(text, allowed)}`,
      key,
    );
  return found;
}

/** A list of documents (formats §1.9). */
export function readDocuments(host: ObjectReader | undefined): readonly DocumentDefinition[] {
  return (host?.objects('documents') ?? []).flatMap((reader) => {
    const templateName = reader.text('templateName');
    const fileName = reader.text('fileName') ?? `${reader.text('displayName') ?? templateName ?? 'document'}.pdf`;
    const generatingEvent = word(reader, 'generatingEvent', ['quote', 'accept', 'issue']);
    const type = word(reader, 'type', ['pdf', 'html']) ?? (/\.html?$/i.test(fileName) ? 'html' : 'pdf');
    const pageLayout = readPageLayout(reader.object('pageLayout'));
    const displayName = reader.text('displayName') ?? fileName;
    reader.finish();
    if (templateName === undefined) {
      reader.warn(
        'document-without-template',
        `The document "${displayName}" names no "templateName" and is left out.`,
      );
      return [];
    }
    return [{ displayName, fileName, templateName, type, ...defined({ generatingEvent, pageLayout }) }];
  });
}

function readPageLayout(reader: ObjectReader | undefined): PageLayout | undefined {
  if (!reader || reader.keys.length === 0) return undefined;
  const layout = defined({
    marginLeft: reader.text('marginLeft'),
    marginRight: reader.text('marginRight'),
    marginTop: reader.text('marginTop'),
    marginBottom: reader.text('marginBottom'),
    orientation: word(reader, 'orientation', ['Portrait', 'Landscape']),
  });
  reader.finish();
  return layout;
}

/** `endorsements.json` (formats §1.7). */
export function readEndorsements(file: ObjectReader | undefined): readonly EndorsementDefinition[] {
  const definitions = (file?.objects('endorsements') ?? []).flatMap((reader): EndorsementDefinition[] => {
    const name = named(reader);
    if (name === undefined) return [];
    const endorsement = {
      name,
      displayName: reader.text('displayName') ?? displayNameOf(name),
      reprice: word(reader, 'reprice', ['never', 'always', 'all', 'input']) ?? 'never',
      documents: readDocuments(reader),
    };
    reader.finish();
    return [endorsement];
  });
  file?.finish();
  return definitions;
}

/** `cancellations.json`; the type `lapse` is there by itself (formats §1.7). */
export function readCancellations(file: ObjectReader | undefined): readonly CancellationDefinition[] {
  const types = (file?.objects('cancellationTypes') ?? []).flatMap((reader): CancellationDefinition[] => {
    const name = named(reader);
    if (name === undefined) return [];
    const reinstatement = reader.object('reinstatement');
    const defaultDeadlineDays = reinstatement?.number('defaultDeadlineDays');
    const cancellation = {
      name,
      title: reader.text('title') ?? displayNameOf(name),
      documents: readDocuments(reader),
      categories: readCategories(reader),
      reinstatement: { documents: readDocuments(reinstatement), ...defined({ defaultDeadlineDays }) },
    };
    reinstatement?.finish();
    reader.finish();
    return [cancellation];
  });
  file?.finish();
  if (types.some(({ name }) => name === 'lapse')) return types;
  return [...types, { name: 'lapse', title: 'Lapse', documents: [], categories: [], reinstatement: { documents: [] } }];
}

/** Categories are text, or objects with a name. */
function readCategories(reader: ObjectReader): readonly string[] {
  const node = reader.member('cancellationCategories');
  const items = node?.items ?? [];
  if (items.some((item) => item.members)) {
    return items.flatMap((item) => {
      const name = item.members?.get('name')?.node.value;
      return typeof name === 'string' ? [name] : [];
    });
  }
  return reader.texts('cancellationCategories') ?? [];
}

/** `fees.json` (formats §1.8). Without `proration` a fee is proratable: the original's public documentation of fees says so. */
export function readFees(file: ObjectReader | undefined): readonly FeeDefinition[] {
  const fees = (file?.objects('fees') ?? []).flatMap((reader): FeeDefinition[] => {
    const name = named(reader);
    if (name === undefined) return [];
    const displayName = reader.text('displayName') ?? displayNameOf(name);
    const proration = word(reader, 'proration', ['proratable', 'flat']) ?? 'proratable';
    reader.finish();
    return [{ name, displayName, proration }];
  });
  file?.finish();
  return fees;
}

/** The name that a definition can not do without. */
export function named(reader: ObjectReader): string | undefined {
  const name = reader.text('name');
  if (name === undefined || name === '') reader.warn('without-name', 'This definition has no "name" and is left out.');
  return name || undefined;
}

export const DEFAULT_RATING: RatingRules = {
  moneyUnit: 'cents',
  rounding: 'half_up',
  proration: 'months',
  taxOnProratedPiece: 'prorate',
};

/**
 * `rating.json` (formats §10) over the defaults, which are the original platform's behaviour. A value that does not exist is an
 * error: this file is ours, and another rounding than the declared one would be a wrong price.
 */
export function readRating(file: ObjectReader | undefined, defaults: RatingRules): RatingRules {
  if (!file) return defaults;
  const rating = {
    ...defaults,
    ...defined({
      moneyUnit: word(file, 'moneyUnit', ['cents', 'whole', 'mills', 'tenths', 'tens'], 'error'),
      rounding: word(file, 'rounding', ['half_up', 'half_even', 'down', 'up'], 'error'),
      proration: word(file, 'proration', ['months', 'days', 'ms', 'days360', 'days365'], 'error'),
      taxOnProratedPiece: word(file, 'taxOnProratedPiece', ['prorate', 'recompute'], 'error'),
    }),
  };
  file.finish();
  return rating as RatingRules;
}
