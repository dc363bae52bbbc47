import { compileFunction } from 'node:vm';
import { spreadsheetCode } from '#core/liquid/spreadsheet/library.ts';

/** A script of the program, made ready to be defined in a realm. */
export interface PreparedScript {
  readonly path: string;
  /** JavaScript that calls `$define`; runs nothing of the author's. */
  readonly code: string;
  readonly columnOffset: number;
}

/** Whether a script asks for the spreadsheet functions: `require('spreadsheet')`. */
export function requiresSpreadsheet(source: string): boolean {
  return /\brequire\s*\(\s*(['"`])spreadsheet\1\s*\)/.test(source);
}

/** Defines the spreadsheet functions in a realm; they are made when a script requires them. */
export function spreadsheetScript(library: string): string {
  return `$define("spreadsheet", "library", function () { return ${spreadsheetCode(library)}.functions; });`;
}

const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * Wraps a script as CommonJS does. The source must be a function's body by itself, which Node's own compiler decides: nothing
 * in it can close the wrapper, so defining a script never runs it. A script with a syntax error is defined as broken: it fails
 * where it is required, not where another one is.
 */
export function prepareScript(path: string, source: string): PreparedScript {
  const define = (kind: string, value: string): PreparedScript => ({
    path,
    code: `$define(${JSON.stringify(path)}, "${kind}", ${value});`,
    columnOffset: 0,
  });
  if (path.endsWith('.json')) return define('json', JSON.stringify(source.replace(/^\uFEFF/, '')));
  const body = source.replace(/^\uFEFF/, '').replace(/^#!/, '//');
  try {
    compileFunction(body, PARAMETERS, { filename: `scripts/${path}` });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const isModule = /Unexpected token 'export'|Cannot use import statement/.test(said);
    const message = isModule ? `${said} (scripts are CommonJS: write require("./…") and exports.name = …)` : said;
    const line = /:(\d+)(?:\n|$)/.exec(error instanceof Error ? (error.stack ?? '') : '')?.[1] ?? '1';
    const stack = `SyntaxError: ${message}\n    at scripts/${path}:${line}:1`;
    return define('broken', JSON.stringify(JSON.stringify({ message, stack })));
  }
  const head = `$define(${JSON.stringify(path)}, "script", function (${PARAMETERS.join(', ')}) {`;
  return { path, code: `${head}${body}\n});`, columnOffset: -head.length };
}

/**
 * A script as a function in strict code, for a realm whose objects are frozen: what would change them fails aloud instead of being
 * passed over. Only for scripts that mean the same in strict code. Throws a SyntaxError for one that is none.
 */
export function prepareStrict(source: string): Pick<PreparedScript, 'code' | 'columnOffset'> {
  const body = source.replace(/^\uFEFF/, '').replace(/^#!/, '//');
  compileFunction(`"use strict";${body}`, PARAMETERS);
  const head = `(function (${PARAMETERS.join(', ')}) {"use strict";`;
  return { code: `${head}${body}\n})`, columnOffset: -head.length };
}
