import { spreadsheetFunctions } from './functions.ts';
import { SPREADSHEET_NAMES } from './names.ts';

/** Under this name an isolate's own realm holds the functions while a calculation uses them. */
export const SPREADSHEET_GLOBAL = 'fieldwriterSpreadsheet';

/**
 * JavaScript that answers the functions as a `Spreadsheet` (functions.ts), for a realm that has nothing but the language.
 * @param library the text of `@formulajs/formulajs` in its form for browsers: one file without imports
 */
export function spreadsheetCode(library: string): string {
  return `(function () {
  var module = { exports: {} }, exports = module.exports;
  (function (module, exports) { ${library}
  }).call(undefined, module, exports);
  return (${spreadsheetFunctions})(module.exports, ${JSON.stringify(SPREADSHEET_NAMES)});
})()`;
}

/** Whether a calculation may call one of the functions: their names are the only filters in capitals. */
export function usesSpreadsheet(source: string): boolean {
  return /\|\s*[A-Z]/.test(source);
}
