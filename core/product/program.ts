import type { Configuration } from '#core/model/product.ts';
import { decodeText } from './text.ts';

/** Liquid that calculates: its output is discarded, its filters act (formats §2.2). */
const CALCULATION = /(\.premium\.liquid|\.calculations\.liquid|\.guidelines\.liquid|\/calculations\/.*\.liquid)$/;

/**
 * All guest code of a configuration, in the shape that the plugin hosts take (`Program` of the sandbox's contract). Everything
 * else that is Liquid renders documents.
 */
export function programOf(configuration: Configuration) {
  const known = PROGRAMS.get(configuration);
  if (known) return known;
  const program = extract(configuration);
  PROGRAMS.set(configuration, program);
  return program;
}

/** A memo of a pure function: a configuration never changes, and every price asks for its code. Forgotten with the configuration. */
const PROGRAMS = new WeakMap<Configuration, ReturnType<typeof extract>>();

function extract(configuration: Configuration) {
  const calculations: Record<string, string> = {};
  const templates: Record<string, string> = {};
  for (const [path, bytes] of configuration.files) {
    if (!path.endsWith('.liquid')) continue;
    (CALCULATION.test(path) ? calculations : templates)[path] = decodeText(bytes).text;
  }
  const { hash, timeZone, currency, scripts, tables } = configuration;
  return { hash, timeZone, currency, scripts, calculations, templates, tables };
}
