import { CalculationProblem, isNumberText, isObject, type Kit, limitItems, limitText, type Value } from '../kit.ts';
import type { Spreadsheet } from './functions.ts';
import { SPREADSHEET_GLOBAL } from './library.ts';
import { SPREADSHEET_NAMES } from './names.ts';

type ValueFilter = (input: Value, ...args: Value[]) => Value;

/** The spreadsheet functions as filters (rule L59), for the numbers of one evaluator. The result is a decimal, never cut by a division. */
export function spreadsheetFilters(kit: Kit): Readonly<Record<string, ValueFilter>> {
  const filters = SPREADSHEET_NAMES.map((name): [string, ValueFilter] => [
    name.replaceAll('.', '_'),
    (input, ...args) => {
      const given = [input, ...args].map((value) => toSpreadsheet(value, name, kit));
      try {
        return fromSpreadsheet(library().call(name, given), kit);
      } catch (error) {
        throw new CalculationProblem(error instanceof Error ? error.message : String(error));
      }
    },
  ]);
  return Object.fromEntries(filters);
}

/** Laid into the realm before the first calculation that needs it; everybody else never pays for it. */
function library(): Spreadsheet {
  const found = (globalThis as { readonly [SPREADSHEET_GLOBAL]?: Spreadsheet })[SPREADSHEET_GLOBAL];
  if (found) return found;
  throw new CalculationProblem('the spreadsheet functions are not loaded here');
}

/** Functions that keep the digits take decimal text; for the others a number is a number. */
const EXACT =
  /^(ROUND|ROUNDUP|ROUNDDOWN|TRUNC|INT|MROUND|CEILING|FLOOR|CEILING\.\w+|FLOOR\.\w+|ISO\.CEILING|EVEN|ODD|MOD|QUOTIENT|ABS|SIGN|SUM|PRODUCT|AVERAGE|MIN|MAX|SUMPRODUCT|POWER|FIXED)$/;

function toSpreadsheet(raw: unknown, name: string, kit: Kit): unknown {
  const value = kit.read(raw);
  if (value === null || value === undefined) return null;
  if (kit.isNumber(value)) return EXACT.test(name) ? kit.numberText(value) : Number(kit.numberText(value));
  if (Array.isArray(value)) return value.map((item) => toSpreadsheet(item, name, kit));
  if (isObject(value)) return Object.entries(value).map((pair) => toSpreadsheet(pair, name, kit));
  return value;
}

function fromSpreadsheet(result: unknown, kit: Kit): Value {
  if (typeof result === 'number') return kit.read({ $decimal: String(result) });
  if (typeof result === 'boolean' || result === null) return result;
  if (result instanceof Date) return result.toISOString().slice(0, 10);
  if (Array.isArray(result)) return limitItems(result.map((item) => fromSpreadsheet(item, kit)));
  if (typeof result !== 'string') return null;
  return isNumberText(result) ? kit.read({ $decimal: result }) : limitText(result);
}
