import type { Configuration, Product } from '#core/model/product.ts';
import { programOf } from '#core/product/program.ts';
import { deciderOf } from './decide-risk.ts';
import { fitScripts } from './fit-scripts.ts';
import type { RulesSetup } from './guest/underwriter.ts';

/** What a worker is loaded with to decide on risks, beside what it prices them with. */
export interface FastRules {
  readonly setup: string;
  /** Path → source. */
  readonly scripts: readonly (readonly [string, string])[];
}

/**
 * Whether rules can decide on many risks at a time, where these are priced (UB3); else why not, for a person. Throws `wrong-state` for
 * a product without rules.
 */
export function fastRules(
  configuration: Configuration,
  product: Product,
): { readonly ok: true; readonly rules: FastRules } | { readonly ok: false; readonly why: string } {
  const decider = deciderOf(product);
  const { calculations, scripts } = programOf(configuration);
  if ('guidelines' in decider) {
    const { guidelines: file } = decider;
    const setup: RulesSetup = { by: 'guidelines', file, source: calculations[file] ?? '' };
    return { ok: true, rules: { setup: JSON.stringify(setup), scripts: [] } };
  }
  const fit = fitScripts(configuration, decider.plugin);
  if (!fit.fit) return { ok: false, why: fit.why };
  const { paths, catches, wired } = fit;
  const setup: RulesSetup = {
    by: 'plugin',
    path: paths[0] ?? decider.plugin,
    catches,
    wired: wired !== undefined,
  };
  return {
    ok: true,
    rules: {
      setup: JSON.stringify(setup),
      scripts: paths.map((path) => [path, wired?.get(path) ?? scripts[path] ?? ''] as const),
    },
  };
}
