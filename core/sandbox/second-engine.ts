import type { Sandbox } from './contract.ts';
import { openSandbox, type SandboxOptions } from './pool.ts';

/** How much longer the slower engine may take than the first, and than the pool's usual limit. */
const TIME = 20_000;

/** Opens the second engine: hosts of their own that run plugins in QuickJS. Started with the first run; close it to end them. */
export function openSecondEngine(options: Pick<SandboxOptions, 'largeTable'> = {}): Sandbox {
  const here = import.meta.url;
  const hostEntry = new URL(here.endsWith('.ts') ? './quick/main.ts' : './quick.js', here);
  return openSandbox({ ...options, hosts: 1, hostEntry, limits: { time: TIME } });
}

/**
 * The plugin hosts as a second opinion sees them: calculations by the plain interpreter in decimals, plugins by another engine.
 * Nothing outside is read, on neither side.
 */
export function secondSandbox(first: Sandbox, engine: Sandbox): Sandbox {
  return {
    runLiquid: (run) => first.runLiquid({ ...run, evaluator: 'interpreted' }),
    runPlugin: (run) => engine.runPlugin(withoutReader(run)),
    renderTemplate: (run) => first.renderTemplate(run),
    close: async () => {},
  };
}

/** The first opinion: as every day, but nothing outside is read. */
export function firstSandbox(first: Sandbox): Sandbox {
  return { ...secondSandbox(first, first), runLiquid: (run) => first.runLiquid(run) };
}

function withoutReader<T extends { readonly reader?: unknown }>(run: T): Omit<T, 'reader'> {
  const { reader: _, ...rest } = run;
  return rest;
}
