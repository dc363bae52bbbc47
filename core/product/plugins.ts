import type { PluginFunction, PluginReference } from '#core/model/product.ts';
import type { ObjectReader } from './object-reader.ts';
import { suggestion } from './reports.ts';

/** Plugin functions with the file that they usually stand in (formats §1.11). */
export const PLUGIN_FILES: Readonly<Record<PluginFunction, string>> = {
  getPerilRates: 'rater.js',
  getUnderwritingResult: 'underwriter.js',
  createInstallments: 'installments.js',
  getProrationResult: 'prorater.js',
  getPostPaymentReversal: 'postPaymentReversal.js',
  getPreGraceResult: 'preGrace.js',
  getPostIssuanceResult: 'postIssuance.js',
  getDataAutofill: 'dataAutofill.js',
  executeLambda: 'lambda.js',
};
export const PLUGIN_FUNCTIONS = Object.keys(PLUGIN_FILES) as readonly PluginFunction[];
const LAMBDA = 'lambda/lambda.js';

/**
 * `plugins` of `policy.json`: function → script. The older `scriptsBranch` names a folder whose files have their usual names.
 * The lambda is enabled by existing. A misspelt function is reported and never matched (formats §1.11).
 */
export function readPlugins(
  policy: ObjectReader | undefined,
  scripts: Readonly<Record<string, string>>,
): Readonly<Partial<Record<PluginFunction, PluginReference>>> {
  const plugins: Partial<Record<PluginFunction, PluginReference>> = {};
  const branch = policy?.text('scriptsBranch')?.replace(/\/$/, '');
  if (branch)
    for (const name of PLUGIN_FUNCTIONS) {
      const path = `${branch}/${PLUGIN_FILES[name]}`;
      if (scripts[path] !== undefined) plugins[name] = { path, enabled: true };
    }
  const declared = policy?.object('plugins');
  for (const key of declared?.keys ?? []) {
    const reader = declared?.object(key);
    if (!reader) continue;
    const name = PLUGIN_FUNCTIONS.find((known) => known === key);
    if (!name) {
      const message = `There is no plugin function "${key}": it is never called.${suggestion(key, PLUGIN_FUNCTIONS)}`;
      declared?.warn('unknown-plugin', message, key);
      continue;
    }
    const path = reader
      .text('path')
      ?.replace(/^\.?\/+/, '')
      .replace(/^scripts\//, '');
    const enabled = reader.flag('enabled') ?? true;
    reader.finish();
    if (path === undefined) {
      reader.warn('plugin-without-path', `The plugin ${name} names no "path" and is left out.`);
      continue;
    }
    const candidates = [path, `${path}.js`, ...(branch ? [`${branch}/${path}`, `${branch}/${path}.js`] : [])];
    const found = candidates.find((candidate) => scripts[candidate] !== undefined);
    plugins[name] = { path: found ?? path, enabled };
  }
  if (scripts[LAMBDA] !== undefined) plugins.executeLambda ??= { path: LAMBDA, enabled: true };
  return plugins;
}
