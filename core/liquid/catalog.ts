import type { Expression, FilterCall } from './ast.ts';

/**
 * Every filter of a calculation and how it is called.
 * - `arithmetic`: numbers in, number out (exact.ts, plain.ts)
 * - `value`: a pure function of its values (filters.ts)
 * - `run`: needs tables, clock, zone or currency (run.ts)
 * - `setter`: acts instead of printing: an effect (formats §2.2)
 * - `document`: only prints documents; in a calculation it gives nil
 */
export interface FilterEntry {
  readonly kind: 'arithmetic' | 'value' | 'run' | 'setter' | 'document';
  /** Number of arguments. */
  readonly minimum: number;
  readonly maximum: number;
}

const entries: Record<string, FilterEntry> = Object.create(null);
function add(kind: FilterEntry['kind'], minimum: number, maximum: number, names: string): void {
  for (const name of names.split(' ')) entries[name] = { kind, minimum, maximum };
}
add('arithmetic', 1, 1, 'plus minus times divided_by modulo at_least at_most');
add('arithmetic', 0, 1, 'round');
add('arithmetic', 0, 0, 'ceil floor abs');
add('value', 0, 0, 'capitalize downcase upcase strip lstrip rstrip escape escape_once url_encode url_decode');
add('value', 0, 0, 'strip_html newline_to_br strip_newlines size first last reverse');
add('value', 1, 1, 'append prepend remove remove_first remove_last split concat map');
add('value', 1, 2, 'replace replace_first replace_last slice where reject find find_index has default');
add('value', 0, 2, 'truncate truncatewords');
add('value', 0, 1, 'join sort sort_natural uniq compact sum');
add('run', 1, 9, 'lookup lookup_effective');
add(
  'run',
  0,
  0,
  'get_timestamp_millis timestamp_millis_round_day_floor timestamp_millis_round_day_ceiling format_number',
);
add('run', 2, 2, 'timestamp_millis_add');
add('run', 1, 1, 'timestamp_millis_print get_30_360_day_count format_number_pattern date');
add('run', 0, 2, 'format_number_currency');
add('run', 0, 0, 'get_policyholder_info_from_id');
add('setter', 0, 0, 'set_year_premium set_month_premium set_year_technical_premium set_month_technical_premium');
add('setter', 0, 0, 'set_peril_premium set_peril_technical_premium set_underwriting_decision add_underwriting_note');
add('setter', 1, 1, 'add_year_commission add_month_commission add_commission');
add('setter', 0, 1, 'set_peril_tax add_premium add_tax');
add('setter', 1, 2, 'add_fee');
add('document', 0, 9, 'render_static_document render_effective_document page_number page_count image_url');

/** The filter of a name, or undefined when there is none. */
export function filterEntry(name: string): FilterEntry | undefined {
  return entries[name];
}
export const filterNames = (): string[] => Object.keys(entries);

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
