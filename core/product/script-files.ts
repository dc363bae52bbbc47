import { dirname, normalize } from 'node:path/posix';
import type { CallExpression, Program } from 'acorn';
import type { Configuration } from '#core/model/product.ts';
import { walk } from './script-syntax.ts';

/** What a script requires by a literal name. */
export function requires(program: Program): readonly { readonly target: string; readonly node: CallExpression }[] {
  const found: { target: string; node: CallExpression }[] = [];
  walk(program, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return;
    const [argument] = node.arguments;
    if (argument?.type === 'Literal' && typeof argument.value === 'string')
      found.push({ target: argument.value, node });
  });
  return found;
}

/** A script by its path with or without `.js`, or the `index.js` of a folder. */
export function resolveScript(scripts: Readonly<Record<string, string>>, path: string): string | undefined {
  return [path, `${path}.js`, `${path}.cjs`, `${path}.json`, `${path}/index.js`].find((one) =>
    Object.hasOwn(scripts, one),
  );
}

/** The text of a script and of all that it requires, found by reading: `require('./rules.js')`. */
export function scriptsBehind(scripts: Readonly<Record<string, string>>, path: string): readonly string[] {
  const found = new Set<string>();
  const read = (name: string | undefined): void => {
    if (name === undefined || found.has(name)) return;
    found.add(name);
    for (const [, target = ''] of (scripts[name] ?? '').matchAll(/\brequire\(\s*['"]([^'"]+)['"]\s*\)/g))
      read(requiredScript(scripts, name, target));
  };
  read(resolveScript(scripts, path));
  return [...found].map((name) => scripts[name] ?? '');
}

/** Where a script lies among the files; scripts of bare products lie beside them. */
export function fileOf(configuration: Configuration, path: string): string {
  if (configuration.files.has(`scripts/${path}`)) return `scripts/${path}`;
  return [...configuration.files.keys()].find((file) => file.endsWith(`scripts/${path}`)) ?? `scripts/${path}`;
}

/** The script that a `require` in another means: only paths below `scripts/` are there. */
export function requiredScript(
  scripts: Readonly<Record<string, string>>,
  from: string,
  target: string,
): string | undefined {
  return target.startsWith('.') ? resolveScript(scripts, normalize(`${dirname(from)}/${target}`)) : undefined;
}

/** The first place of a quoted text in a file, for what the loaded shapes keep no place of. */
export function placeOfText(
  configuration: Configuration,
  file: string,
  text: string,
): { file: string; line: number; column: number } {
  const lines = new TextDecoder().decode(configuration.files.get(file)).split(/\r\n|[\n\r]/);
  const line = lines.findIndex((one) => one.includes(text));
  return { file, line: Math.max(line, 0) + 1, column: line < 0 ? 1 : (lines[line] ?? '').indexOf(text) + 1 };
}
