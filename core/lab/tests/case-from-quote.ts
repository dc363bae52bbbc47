import { type Desk, look } from '#core/desk/desk.ts';
import type { QuotedExposure, QuotedPeril, QuoteRecord } from '#core/desk/records.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { FieldValues } from '#core/model/field.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { openCase } from '#core/policy/policies.ts';
import { scriptsBehind } from '#core/product/script-files.ts';
import { decodeText } from '#core/product/text.ts';

/** A case file made of a quote (PT16). */
export interface MadeCase {
  /** Where it belongs in the configuration: `products/auto/tests/quote-….case.json`. */
  readonly path: string;
  readonly text: string;
  readonly product: string;
  /** The version that made the quote. */
  readonly configVersion: number;
}

/**
 * Makes a case of a priced quote: the same risk, and what it came to as what is expected. Throws `not-found`; `wrong-state` for a
 * quote without a price.
 * @param name of the file without its endings; default from the quote's locator
 */
export async function caseFromQuote(
  desk: Desk,
  asked: { readonly policy: string; readonly quote?: string; readonly name?: string; readonly description?: string },
): Promise<MadeCase> {
  const { quote: found, policy, product, deployed } = await openCase(desk, asked.policy, asked.quote);
  const quote = found.record;
  if (!quote.price)
    throw new Problem('wrong-state', 'This quote was not priced yet: price it, and make the case of the price.');
  const name = asked.name ?? `quote-${quote.locator.replaceAll('-', '').slice(-12)}`;
  if (!/^[\w][\w.-]{0,99}$/.test(name))
    throw new Problem('malformed-request', `"${name}" is no name of a file: letters, digits, "-" and "_".`, {
      place: { field: 'name' },
    });
  const holder = holderValues(desk, quote.policyholderLocator, deployed.configuration, product);
  const content: JsonObject = {
    description: asked.description ?? `As quoted on ${new Date(quote.price.at).toISOString().slice(0, 10)}.`,
    product: product.name,
    operation: 'new_business',
    policyholder: { completed: false, values: holder },
    issuedTimestamp: String(quote.price.at),
    policyCreate: riskOf(quote),
    expect: expectationOf(quote),
  };
  const folder = product.directory === '' ? 'tests' : `${product.directory}/tests`;
  return {
    path: `${folder}/${name}.case.json`,
    text: `${JSON.stringify(content, null, 2)}\n`,
    product: product.name,
    configVersion: policy.record.configVersion,
  };
}

function riskOf(quote: QuoteRecord): JsonObject {
  return {
    policyStartTimestamp: String(quote.contractStart),
    policyEndTimestamp: String(quote.contractEnd),
    currency: quote.currency,
    ...(quote.paymentScheduleName === undefined ? {} : { paymentScheduleName: quote.paymentScheduleName }),
    ...fieldsOf(quote),
    // What was filled in is in the values: nothing outside is asked again.
    autofill: [],
    exposures: quote.exposures.map(
      (exposure): JsonObject => ({
        exposureName: exposure.name,
        ...fieldsOf(exposure),
        perils: exposure.perils.map(
          (peril): JsonObject => ({ name: peril.name, ...peril.amounts, ...fieldsOf(peril) }),
        ),
      }),
    ),
  };
}

/** Stored values as a request gives them; a group's locators become its contents. */
function fieldsOf({
  fieldValues,
  fieldGroupsByLocator,
}: Pick<QuotedPeril | QuotedExposure | QuoteRecord, 'fieldValues' | 'fieldGroupsByLocator'>): JsonObject {
  const isGroup = (values: readonly string[]): boolean =>
    values.length > 0 && values.every((value) => Object.hasOwn(fieldGroupsByLocator, value));
  const entries = Object.entries(fieldValues);
  const groups = entries
    .filter(([, values]) => isGroup(values))
    .flatMap(([fieldName, values]) =>
      values.map((locator) => ({ fieldName, fieldValues: plain(fieldGroupsByLocator[locator] ?? {}) })),
    );
  const values = plain(Object.fromEntries(entries.filter(([, texts]) => !isGroup(texts))));
  return { fieldValues: values, ...(groups.length > 0 ? { fieldGroups: groups } : {}) };
}

function plain(values: FieldValues): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, texts]): [string, JsonValue] => [
      name,
      texts.length === 1 ? (texts[0] ?? '') : texts,
    ]),
  );
}

function expectationOf({ price, underwriting, exposures }: QuoteRecord): JsonObject {
  if (!price) return {};
  const perils = exposures.flatMap((exposure, index) =>
    exposure.perils.flatMap(({ name, row }) => {
      const priced = price.perils[row];
      return priced ? [{ key: `${index}/${name}`, priced }] : [];
    }),
  );
  const premiums = Object.fromEntries(perils.map(({ key, priced }) => [key, priced.premium]));
  return {
    decision: underwriting?.decision ?? null,
    ...(underwriting ? { notes: [...underwriting.notes] } : {}),
    premiums,
    taxes: sums(perils.flatMap(({ priced }) => priced.taxes)),
    fees: sums(price.fees),
    grossPremium: price.grossPremium,
    grossTaxes: price.grossTaxes,
    grossFees: price.grossFees,
  };
}

/** Amounts of one name added up, as a case compares them. */
function sums(items: readonly { readonly name: string; readonly amount: string }[]): JsonObject {
  const totals = new Map<string, Decimal>();
  for (const { name, amount } of items) totals.set(name, (totals.get(name) ?? new Decimal(0)).plus(amount));
  return Object.fromEntries([...totals].map(([name, total]) => [name, total.toFixed()]));
}

/** Of the policyholder only what this product's own files mention: a case file is no place for a person's data (PT17). */
function holderValues(desk: Desk, locator: string, configuration: Configuration, product: Product): JsonObject {
  const record = look(desk, 'policyholder', locator)?.record;
  if (!record) return {};
  const text = decidingText(configuration, product);
  const read = Object.entries(record.entity.values).filter(([name]) => text.includes(name));
  return plain(Object.fromEntries(read));
}

function decidingText({ files, scripts }: Configuration, product: Product): string {
  const paths = [
    ...product.exposures.flatMap(({ perils }) => perils.map(({ premiumFile }) => premiumFile)),
    ...product.taxes.map(({ file }) => file),
    product.feesFile,
    product.guidelinesFile,
  ];
  const liquid = paths.map((path) => decodeText(files.get(path ?? '') ?? new Uint8Array()).text);
  const plugins = Object.values(product.plugins).flatMap((plugin) =>
    plugin?.enabled ? scriptsBehind(scripts, plugin.path) : [],
  );
  return [...liquid, ...plugins].join('\n');
}
