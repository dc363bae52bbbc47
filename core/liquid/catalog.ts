import type { Expression, FilterCall } from './ast.ts';
import { SPREADSHEET_FILTERS } from './spreadsheet/names.ts';

/**
 * Every filter of a calculation and how it is called.
 * - `arithmetic`: numbers in, number out (exact.ts, plain.ts)
 * - `value`: a pure function of its values (filters.ts)
 * - `spreadsheet`: a function of a spreadsheet (spreadsheet/filters.ts)
 * - `run`: needs tables, clock, zone or currency (run.ts)
 * - `setter`: acts instead of printing: an effect (formats §2.2)
 * - `document`: only prints documents; in a calculation it gives nil
 */
export interface FilterEntry {
  readonly kind: 'arithmetic' | 'value' | 'spreadsheet' | 'run' | 'setter' | 'document';
  /** Number of arguments. */
  readonly minimum: number;
  readonly maximum: number;
}

/** Kind, fewest and most arguments, names. */
const FILTERS: readonly (readonly [FilterEntry['kind'], number, number, string])[] = [
  ['arithmetic', 1, 1, 'plus minus times divided_by modulo at_least at_most'],
  ['arithmetic', 0, 1, 'round'],
  ['arithmetic', 0, 0, 'ceil floor abs'],
  ['value', 0, 0, 'capitalize downcase upcase strip lstrip rstrip escape escape_once url_encode url_decode'],
  ['value', 0, 0, 'strip_html newline_to_br strip_newlines size first last reverse'],
  ['value', 1, 1, 'append prepend remove remove_first remove_last split concat map'],
  ['value', 1, 2, 'replace replace_first replace_last slice where reject find find_index has default'],
  ['value', 0, 2, 'truncate truncatewords'],
  ['value', 0, 1, 'join sort sort_natural uniq compact sum'],
  ['spreadsheet', 0, 250, SPREADSHEET_FILTERS.join(' ')],
  ['run', 1, 9, 'lookup lookup_effective'],
  ['run', 0, 0, 'get_timestamp_millis timestamp_millis_round_day_floor timestamp_millis_round_day_ceiling'],
  ['run', 0, 0, 'format_number get_policyholder_info_from_id'],
  ['run', 2, 2, 'timestamp_millis_add'],
  ['run', 1, 1, 'timestamp_millis_print get_30_360_day_count format_number_pattern date'],
  ['run', 0, 2, 'format_number_currency'],
  ['setter', 0, 0, 'set_year_premium set_month_premium set_year_technical_premium set_month_technical_premium'],
  ['setter', 0, 0, 'set_peril_premium set_peril_technical_premium set_underwriting_decision add_underwriting_note'],
  ['setter', 1, 1, 'add_year_commission add_month_commission add_commission'],
  ['setter', 0, 1, 'set_peril_tax add_premium add_tax'],
  ['setter', 1, 2, 'add_fee'],
  ['document', 0, 9, 'render_static_document render_effective_document page_number page_count image_url'],
];
const entries: ReadonlyMap<string, FilterEntry> = new Map(
  FILTERS.flatMap(([kind, minimum, maximum, names]) =>
    names.split(' ').map((name) => [name, { kind, minimum, maximum }] as const),
  ),
);

/** The filter of a name, or undefined when there is none. */
export function filterEntry(name: string): FilterEntry | undefined {
  return entries.get(name);
}

/** The names of all filters, or of those of one kind. */
export function filterNames(kind?: FilterEntry['kind']): string[] {
  return [...entries].flatMap(([name, entry]) => (kind === undefined || entry.kind === kind ? [name] : []));
}

/**
 * The arguments of a call that count: positional ones up to the most that the filter takes. The one named argument that Liquid
 * knows, `default: x, allow_false: true`, comes last.
 */
export function argumentsOf(filter: FilterCall): readonly Expression[] {
  const allowFalse = filter.name === 'default' ? filter.named.find((item) => item.name === 'allow_false') : undefined;
  if (allowFalse) return [...filter.arguments.slice(0, 1), allowFalse.value];
  return filter.arguments.slice(0, filterEntry(filter.name)?.maximum);
}

/** A misspelt filter of these would leave an amount or a decision unset: never passed over. */
const DECIDES = /^(set_|add_(fee|tax|premium))/;

/**
 * A filter that does not exist at the very end of an output, where nothing reads its value: the output of a calculation is
 * discarded, so the call can do no more than be lost. Shipped configurations have such misspellings (of commissions, of notes)
 * and must run; what could leave a premium, tax, fee or decision unset is none of them.
 */
export function lostCall(
  expression: Expression,
): { readonly call: FilterCall; readonly input: Expression } | undefined {
  if (expression.kind !== 'filtered') return undefined;
  const call = expression.filters.at(-1);
  if (!call || filterEntry(call.name) || DECIDES.test(call.name)) return undefined;
  return { call, input: { ...expression, filters: expression.filters.slice(0, -1) } };
}
