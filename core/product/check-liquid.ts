import type { Expression, FilterCall, Template } from '#core/liquid/ast.ts';
import { filterEntry, filterNames } from '#core/liquid/catalog.ts';
import { STANDARD_FILTERS } from '#core/liquid/document/filters.ts';
import { readLeniently, UnclosedTag } from '#core/liquid/document/lenient.ts';
import { lint } from '#core/liquid/lint.ts';
import { parse } from '#core/liquid/parse.ts';
import { SPREADSHEET_FILTERS } from '#core/liquid/spreadsheet/names.ts';
import { walk } from '#core/liquid/walk.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { checkHeader, checkLookup } from './check-lookups.ts';
import { DECISIONS } from './check-script-body.ts';
import { type FileOwner, LiquidNames } from './liquid-names.ts';
import { type Reports, suggestion } from './reports.ts';
import { placeOfText } from './script-files.ts';
import { join } from './source.ts';
import { decodeText } from './text.ts';

/** Checks every Liquid file of a product: premium, tax, fee and guidelines files thoroughly, templates for their form. */
export function checkLiquid(configuration: Configuration, product: Product, reports: Reports): void {
  const rated = !product.externalRater && !product.plugins.getPerilRates?.enabled;
  for (const exposure of product.exposures)
    for (const peril of exposure.perils) {
      if (!peril.premiumFile) continue;
      const file = new LiquidFile(configuration, peril.premiumFile, { product, exposure, peril }, reports);
      file.check();
      if (rated && !file.calls(/^set_(year|month|peril)_premium$/))
        file.warn('no-premium', `Nothing in this file sets the premium of "${peril.name}": pricing it fails.`, 1, 1);
    }
  for (const tax of product.taxes) {
    if (!tax.file) continue;
    const file = new LiquidFile(configuration, tax.file, { product }, reports);
    file.check();
    if (!file.calls(/^set_peril_tax$/)) file.warn('no-tax', `Nothing in this file sets the tax "${tax.name}".`, 1, 1);
  }
  if (product.feesFile) {
    const file = new LiquidFile(configuration, product.feesFile, { product }, reports);
    file.check();
    checkFees(configuration, product, file, reports);
  }
  if (product.guidelinesFile) {
    const file = new LiquidFile(configuration, product.guidelinesFile, { product }, reports);
    file.check();
    if (!file.calls(/^set_underwriting_decision$/))
      file.warn(
        'no-decision',
        'Nothing in this file sets a decision: it is always none, and nothing can be issued.',
        1,
        1,
      );
  }
  for (const path of Object.values(product.templates)) checkTemplate(configuration, path, product.name, reports);
}

/** Names below `data` that a calculation or a guidelines file may read (formats §2.2, §4.2, §6). */
const DATA = [
  ...[
    'policy',
    'policyholder',
    'operation',
    'policy_characteristics',
    'exposure_characteristics',
    'peril_characteristics',
  ],
  ...['policy_exposure_perils', 'tenant_time_zone', 'endorsement', 'renewal', 'cancellation', 'reinstatement', 'quote'],
  ...['endorsement_locator', 'renewal_locator', 'quote_locator', 'reinstatement_locator', 'new_payment_schedule_name'],
  ...['premium_report', 'premiumReport', 'previousPremiumReports', 'previous_premium_reports', 'invoice', 'payment'],
  ...['premium_report_calculation', 'exposure', 'peril', 'account', 'product', 'config', 'tenant'],
];
/** Names that Liquid itself gives. */
const GIVEN = new Set(['data', 'forloop', 'tablerowloop', 'nil', 'null', 'empty', 'blank', 'true', 'false', 'now']);

class LiquidFile {
  readonly path: string;
  readonly #configuration: Configuration;
  readonly #product: string;
  readonly #reports: Reports;
  readonly #template: Template;
  readonly #names: LiquidNames;
  readonly #called: {
    readonly filter: FilterCall;
    readonly input: Expression;
    readonly before: readonly FilterCall[];
  }[] = [];

  constructor(configuration: Configuration, path: string, owner: FileOwner, reports: Reports) {
    this.path = path;
    this.#configuration = configuration;
    this.#product = owner.product.name;
    this.#reports = reports;
    const { template, diagnostics } = parse(decodeText(configuration.files.get(path) ?? new Uint8Array()).text, path);
    for (const { severity, code, message, line, column } of diagnostics)
      reports.add(
        severity,
        code.replace(/^liquid-(unclosed-tag|unknown-filter|undefined-variable)$/, '$1'),
        message,
        { file: path, line, column },
        this.#product,
      );
    this.#template = template;
    this.#names = new LiquidNames(template, owner);
    walk(template.body, { filter: (filter, input, before) => void this.#called.push({ filter, input, before }) });
  }

  warn(code: string, message: string, line: number, column: number): void {
    this.#reports.add('warning', code, message, { file: this.path, line, column }, this.#product);
  }

  calls(filters: RegExp): boolean {
    return this.#called.some(({ filter }) => filters.test(filter.name));
  }

  /** The texts that a filter's first argument can be; undefined when one of them is not written in the file. */
  argumentTexts(name: string): readonly { readonly text: string; readonly filter: FilterCall }[] | undefined {
    const found: { text: string; filter: FilterCall }[] = [];
    for (const { filter } of this.#called) {
      if (filter.name !== name) continue;
      const [argument] = filter.arguments;
      const texts = argument && this.#texts(this.#names.partsOf(argument));
      if (!texts) return undefined;
      found.push(...texts.map((text) => ({ text, filter })));
    }
    return found;
  }

  check(): void {
    for (const { code, message, line, column } of lint(this.#template)) this.warn(code, message, line, column);
    this.#checkNames();
    this.#checkComparisons();
    for (const { filter, input, before } of this.#called) {
      const { name, line, column } = filter;
      if (!filterEntry(name))
        this.warn(
          'unknown-filter',
          `There is no filter "${name}": the calculation fails where it is reached.${suggestion(name, /^[A-Z]/.test(name) ? SPREADSHEET_FILTERS : filterNames())}`,
          line,
          column,
        );
      if (name === 'lookup' || name === 'lookup_effective') this.#checkLookup(filter, input, before);
      if (name === 'set_underwriting_decision')
        for (const text of this.#texts(this.#names.inputParts(input, before)) ?? [])
          if (!DECISIONS.includes(text))
            this.warn(
              'unknown-decision',
              `The decision "${text}" is none of ${DECISIONS.join(', ')}.${suggestion(text, DECISIONS)}`,
              line,
              column,
            );
    }
  }

  #texts(
    parts: readonly { readonly kind: string; readonly value?: string; readonly values?: readonly string[] }[],
  ): readonly string[] | undefined {
    const [part] = parts;
    if (parts.length !== 1 || !part) return undefined;
    if (part.kind === 'text' && part.value !== undefined) return [part.value];
    return part.kind === 'options' ? part.values : undefined;
  }

  #checkLookup(filter: FilterCall, input: Expression, before: readonly FilterCall[]): void {
    const tables = this.#texts(this.#names.inputParts(input, before));
    if (tables?.length !== 1 || !tables[0]) return;
    const [table] = tables;
    const place = { file: this.path, line: filter.line, column: filter.column };
    const schema = this.#configuration.tables[table]?.schema;
    const count = filter.name === 'lookup_effective' ? (schema?.keys.length ?? 1) : filter.arguments.length;
    const keys = filter.arguments.slice(0, count).map((argument) => this.#names.partsOf(argument));
    const use = { table, keys, place, product: this.#product, typed: true };
    const found = checkLookup(use, this.#configuration.tables, this.#reports);
    if (found) checkHeader(found, this.#reports);
  }

  /** Names and fields that nothing gives a value; the trap of the first characteristics. */
  #checkNames(): void {
    const { defined } = this.#names;
    const seen = new Set<string>();
    const warnOnce = (message: string, { line, column }: Expression): void => {
      if (seen.has(message)) return;
      seen.add(message);
      this.warn('undefined-variable', message, line, column);
    };
    let trap = true;
    walk(this.#template.body, {
      expression: (expression) => {
        if (expression.kind !== 'path') return;
        const { root, keys, text, line, column } = expression;
        const meaning = this.#names.meaningOf(expression);
        if (!GIVEN.has(root) && !defined.has(root) && meaning.kind === 'unknown') {
          warnOnce(`"${root}" is nowhere assigned: it is nil.${suggestion(root, [...defined, 'data'])}`, expression);
          return;
        }
        if (meaning.kind === 'field' && !meaning.fields.some(({ name }) => name === meaning.name)) {
          const names = meaning.fields.map(({ name }) => name);
          const holder = meaning.host.startsWith('no ')
            ? `${meaning.host} has a field`
            : `${meaning.host} has no field`;
          warnOnce(
            `${holder.charAt(0).toUpperCase()}${holder.slice(1)} "${meaning.name}": it is nil.${suggestion(meaning.name, names)}`,
            expression,
          );
        }
        const [first] = meaning.kind === 'data' ? meaning.path : [];
        if (first !== undefined && root === 'data' && !DATA.includes(first))
          warnOnce(`There is no data.${first}: it is nil.${suggestion(first, DATA)}`, expression);
        if (trap && /\.characteristics\[0\]/.test(text) && keys.length > 0) {
          trap = false;
          const message =
            'After an endorsement characteristics[0] may be a replaced row: characteristics.last is the current one.';
          this.#reports.add('info', 'first-characteristics', message, { file: this.path, line, column }, this.#product);
        }
      },
    });
  }

  /** A select field that is compared with a text which is none of its options: that branch is never taken. */
  #checkComparisons(): void {
    walk(this.#template.body, {
      comparison: (operator, left, right) => {
        if (operator !== '==' && operator !== '!=') return;
        for (const [side, other] of [
          [left, right],
          [right, left],
        ] as const) {
          if (other.kind !== 'literal' || other.value.type !== 'string' || other.value.value === '') continue;
          const meaning = this.#names.meaningOf(side);
          const [part] = this.#names.partsOf(side);
          if (meaning.kind !== 'field' || part?.kind !== 'options' || part.values.includes(other.value.value)) continue;
          const { value } = other.value;
          const never = operator === '==' ? 'never' : 'always';
          this.warn(
            'unknown-option',
            `"${part.field}" is ${never} "${value}": that is none of its values.${suggestion(value, part.values)}`,
            other.line,
            other.column,
          );
        }
      },
    });
  }
}

/** Fees that are charged and not declared, and fees that are declared and nothing charges (formats §1.8). */
function checkFees(configuration: Configuration, product: Product, file: LiquidFile, reports: Reports): void {
  const charged = file.argumentTexts('add_fee');
  if (!charged) return;
  const declared = product.fees.map(({ name }) => name);
  const list = join(product.directory, 'policy/fees.json');
  for (const { text, filter } of charged)
    if (!declared.includes(text))
      file.warn(
        'undeclared-fee',
        `fees.json declares no fee "${text}".${suggestion(text, declared)}`,
        filter.line,
        filter.column,
      );
  for (const name of declared) {
    if (charged.some(({ text }) => text === name) || isInScripts(configuration, name)) continue;
    const message = `Nothing charges the fee "${name}": policy.calculations.liquid never adds it.`;
    reports.add('warning', 'unreachable-fee', message, placeOfText(configuration, list, `"${name}"`), product.name);
  }
}

/** Installment fees are named in the payment schedule's script. */
const isInScripts = (configuration: Configuration, name: string): boolean =>
  Object.values(configuration.scripts).some((text) => text.includes(`"${name}"`) || text.includes(`'${name}'`));

/** A document's template: tags that are never closed and filters that do not exist. */
function checkTemplate(configuration: Configuration, path: string, product: string, reports: Reports): void {
  const source = decodeText(configuration.files.get(path) ?? new Uint8Array()).text;
  const { diagnostics } = parse(source, path);
  // Documents know more tags than calculations; with one of those the blocks are not judged here.
  const judged = !diagnostics.some(({ code }) => code === 'liquid-unknown-tag');
  for (const { severity, code, message, line, column } of diagnostics)
    if (judged && code === 'liquid-unclosed-tag')
      reports.add(severity, 'unclosed-tag', message, { file: path, line, column }, product);
  try {
    // Documents have no spreadsheet functions: what is calculated is calculated where it is priced.
    const known = new Set([
      ...filterNames().filter((name) => filterEntry(name)?.kind !== 'spreadsheet'),
      ...STANDARD_FILTERS,
    ]);
    for (const { name, line, column } of readLeniently(source).filters)
      if (!known.has(name))
        reports.add(
          'warning',
          'unknown-filter',
          `There is no filter "${name}": the value passes through it unchanged.${suggestion(name, known)}`,
          { file: path, line, column },
          product,
        );
  } catch (error) {
    if (!(error instanceof UnclosedTag)) throw error;
  }
}
