import type { PricePreview, ProductForm } from '#core/api/contract.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { QuoteState, UnderwritingDecision } from '#core/model/policy.ts';
import type { PerilAmount } from '#core/model/product.ts';
import { change, dayOf, money, number, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import type { Entity, RiskForm } from '../risk/form.ts';
import { type AlignedExposure, alignExposures, normal, valuesOf } from './align.ts';

/** A quote as it is compared: what is asked for, what it costs, how it is decided. */
export interface QuoteColumn {
  readonly locator: string;
  readonly name: string;
  readonly state: QuoteState;
  readonly selected: boolean;
  readonly form: RiskForm;
  /** Absent while it can not be priced. */
  readonly price?: NonNullable<PricePreview['price']>;
  readonly decision?: UnderwritingDecision;
  readonly notes: readonly string[];
}
export interface ComparedRow {
  readonly key: string;
  readonly label: string;
  /** What is read, a cell for each quote; empty where a quote has nothing there. */
  readonly cells: readonly string[];
  /** Whether a cell says something else than the base's. */
  readonly apart: readonly boolean[];
  readonly kind: 'text' | 'number' | 'total';
  /** Shown also when only differences are. */
  readonly always: boolean;
}
export interface ComparedSection {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly ComparedRow[];
}

/** Quotes side by side: sections of rows with a cell for each quote, compared with one of them. Pure. */
export function compareQuotes(
  columns: readonly QuoteColumn[],
  base: number,
  product: ProductForm,
  currency: string,
): readonly ComparedSection[] {
  const compared = new Comparison(columns, base, product, currency);
  const aligned = alignExposures(columns.map(({ form }) => form.exposures));
  const titles = titlesOf(aligned, product);
  const sections: ComparedSection[] = [
    { key: 'terms', title: text.quotes.terms, rows: compared.terms() },
    {
      key: 'policy',
      title: text.risk.details,
      rows: compared.fields(
        'policy',
        product.fields,
        columns.map(({ form }) => form.policy),
      ),
    },
    ...aligned.map((thing, i) => ({
      key: `thing-${i}`,
      title: titles[i] ?? thing.name,
      rows: compared.exposure(`thing-${i}`, thing),
    })),
    { key: 'price', title: text.risk.price, rows: compared.price(aligned, titles) },
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

/** Display names; numbered where there are several of a kind. */
function titlesOf(aligned: readonly AlignedExposure[], product: ProductForm): readonly string[] {
  return aligned.map((thing, i) => {
    const title = product.exposures.find(({ name }) => name === thing.name)?.displayName ?? thing.name;
    const same = aligned.filter(({ name }) => name === thing.name);
    return same.length > 1
      ? `${title} ${aligned.slice(0, i + 1).filter(({ name }) => name === thing.name).length}`
      : title;
  });
}

class Comparison {
  readonly #columns: readonly QuoteColumn[];
  readonly #base: number;
  readonly #product: ProductForm;
  readonly #currency: string;

  constructor(columns: readonly QuoteColumn[], base: number, product: ProductForm, currency: string) {
    this.#columns = columns;
    this.#base = base;
    this.#product = product;
    this.#currency = currency;
  }

  #row(
    key: string,
    label: string,
    cells: readonly string[],
    more: Partial<Pick<ComparedRow, 'kind' | 'always'>> & { readonly compareBy?: readonly string[] } = {},
  ): ComparedRow {
    const { compareBy = cells, kind = 'text', always = false } = more;
    return { key, label, cells, apart: compareBy.map((cell) => cell !== compareBy[this.#base]), kind, always };
  }

  terms(): readonly ComparedRow[] {
    const of = (read: (column: QuoteColumn) => string): readonly string[] => this.#columns.map(read);
    return [
      this.#row('decision', text.quotes.decision, of(decisionOf)),
      this.#row(
        'notes',
        text.quotes.notes,
        of(({ notes }) => [...new Set(notes)].join('\n')),
      ),
      this.#row(
        'start',
        text.risk.start,
        of(({ form }) => dayOf(form.start)),
      ),
      this.#row(
        'end',
        text.risk.end,
        of(({ form }) => dayOf(form.end)),
      ),
    ].filter(({ cells }) => cells.some((cell) => cell !== ''));
  }

  /** A row for each field that any of them has; groups have a row for each field of each repeat. */
  fields(
    key: string,
    fields: readonly FieldDefinition[],
    entities: readonly (Entity | undefined)[],
    before = '',
  ): readonly ComparedRow[] {
    return fields.flatMap((field) => {
      const id = `${key}.${field.name}`;
      const label = before === '' ? field.title : `${before} · ${field.title}`;
      if (field.type === 'group') {
        const repeats = entities.map((entity) => entity?.groups[field.name] ?? []);
        const most = Math.max(0, ...repeats.map(({ length }) => length));
        return Array.from({ length: most }, (_, i) => {
          const inner = repeats.map((list): Entity | undefined => {
            const repeat = list[i];
            return repeat && { values: repeat.values, groups: {} };
          });
          return this.fields(`${id}[${i}]`, field.fields ?? [], inner, most > 1 ? `${label} ${i + 1}` : label);
        }).flat();
      }
      const values = valuesOf(entities, field.name);
      if (values.every((list) => list.length === 0)) return [];
      const isNumber = field.type === 'number';
      const shown = (value: string): string =>
        isNumber && parseDecimal(value)
          ? number(value)
          : field.type === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(value)
            ? dayOf(value)
            : value;
      return [
        this.#row(
          id,
          label,
          values.map((list) => list.map(shown).join(', ')),
          {
            kind: isNumber ? 'number' : 'text',
            compareBy: values.map((list) => list.map((value) => (isNumber ? normal(value) : value)).join('\0')),
          },
        ),
      ];
    });
  }

  exposure(key: string, { name, at }: AlignedExposure): readonly ComparedRow[] {
    const definition = this.#product.exposures.find((one) => one.name === name);
    const things = this.#columns.map(({ form }, i) => form.exposures[at[i] ?? -1]);
    const missing = things.some((thing) => thing === undefined);
    const insured = things.map((thing) => (thing ? text.quotes.insured : text.quotes.notInsured));
    return [
      ...(missing ? [this.#row(`${key}.there`, text.quotes.insured, insured)] : []),
      ...this.fields(key, definition?.fields ?? [], things),
      ...(definition?.perils ?? []).flatMap((peril) => {
        const covers = things.map((thing) => thing?.perils.find((one) => one.name === peril.name && one.included));
        if (covers.every((cover) => cover === undefined)) return [];
        const id = `${key}.${peril.name}`;
        const amounts = (Object.keys(peril.amounts) as PerilAmount[]).map((amount) => {
          const values = covers.map((cover) => cover?.amounts[amount] ?? '');
          const shown = values.map((value) => (parseDecimal(value) ? number(value) : value));
          const label = `${peril.displayName} · ${text.risk.amounts[amount]}`;
          return this.#row(`${id}.${amount}`, label, shown, { kind: 'number', compareBy: values.map(normal) });
        });
        return [
          this.#row(
            id,
            peril.displayName,
            covers.map((cover) => (cover ? text.quotes.covered : text.quotes.notCovered)),
          ),
          ...amounts.filter(({ cells }) => cells.some((cell) => cell !== '')),
          ...this.fields(id, peril.fields, covers, peril.displayName),
        ];
      }),
    ];
  }

  price(aligned: readonly AlignedExposure[], titles: readonly string[]): readonly ComparedRow[] {
    const prices = this.#columns.map(({ price }) => price);
    const amounts = (
      key: string,
      label: string,
      read: (price: NonNullable<QuoteColumn['price']>, column: number) => string | undefined,
      more: Partial<Pick<ComparedRow, 'kind' | 'always'>> = {},
    ): ComparedRow[] => {
      const found = prices.map((price, i) => (price ? read(price, i) : undefined));
      if (found.every((amount) => amount === undefined)) return [];
      const cells = found.map((amount) => (amount === undefined ? '' : money(amount, this.#currency)));
      return [this.#row(key, label, cells, { kind: 'number', ...more })];
    };
    const perils = aligned.flatMap((thing, s) => {
      const definition = this.#product.exposures.find(({ name }) => name === thing.name);
      return (definition?.perils ?? []).flatMap((peril) =>
        amounts(
          `premium.${s}.${peril.name}`,
          `${titles[s]} · ${peril.displayName}`,
          (price, i) =>
            price.perils.find(
              ({ exposureIndex, perilName }) => exposureIndex === thing.at[i] && perilName === peril.name,
            )?.premium,
        ),
      );
    });
    const taxes = [...new Set(prices.flatMap((price) => price?.taxGroups.map(({ name }) => name) ?? []))];
    const fees = [...new Set(prices.flatMap((price) => price?.fees.map((fee) => fee.description || fee.name) ?? []))];
    return [
      ...perils,
      ...amounts('premium', text.risk.premium, ({ grossPremium }) => grossPremium, { always: true }),
      ...taxes.flatMap((tax) =>
        amounts(`tax.${tax}`, titled(tax), ({ taxGroups }) => taxGroups.find(({ name }) => name === tax)?.amount),
      ),
      ...(taxes.length === 0 ? amounts('taxes', text.risk.taxes, ({ grossTaxes }) => grossTaxes) : []),
      ...fees.flatMap((fee) =>
        amounts(
          `fee.${fee}`,
          fee,
          (price) => price.fees.find(({ name, description }) => (description || name) === fee)?.amount,
        ),
      ),
      ...amounts('total', text.risk.total, ({ total }) => total, { kind: 'total', always: true }),
      ...this.#differences(),
    ];
  }

  /** What each total is more or less than the base's. */
  #differences(): readonly ComparedRow[] {
    const base = this.#columns[this.#base];
    if (!base?.price || this.#columns.length < 2) return [];
    const { total } = base.price;
    const cells = this.#columns.map(({ price }, i) =>
      i === this.#base || !price ? '' : change(new Decimal(price.total).minus(total).toString(), this.#currency),
    );
    const label = text.quotes.differenceTo(base.name);
    return [
      { ...this.#row('difference', label, cells, { kind: 'number', always: true }), apart: cells.map(() => false) },
    ];
  }
}

/** Only what is not the same in all quotes, and the amounts that are always wanted. */
export function differencesOnly(sections: readonly ComparedSection[]): readonly ComparedSection[] {
  return sections
    .map((section) => ({ ...section, rows: section.rows.filter((row) => row.always || row.apart.some(Boolean)) }))
    .filter(({ rows }) => rows.length > 0);
}

/** What a draft's rules say now is no decision yet. */
function decisionOf({ decision, state }: QuoteColumn): string {
  if (!decision) return '';
  const word = text.risk.decisions[decision];
  return state === 'draft' ? text.quotes.preview(word) : word;
}
