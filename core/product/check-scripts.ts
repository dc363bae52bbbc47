import type { Expression, Program, SpreadElement } from 'acorn';
import type { Configuration, PluginFunction, Product } from '#core/model/product.ts';
import { checkScript } from './check-script-body.ts';
import { PLUGIN_FUNCTIONS } from './plugins.ts';
import { nearest, type Reports, suggestion } from './reports.ts';
import { fileOf, placeOfText, requiredScript, requires, resolveScript } from './script-files.ts';
import { memberName, parseScript, placeOf, walk } from './script-syntax.ts';

/** Checks the scripts of a configuration: those that a plugin reaches thoroughly, the others for their syntax only. */
export function checkScripts(configuration: Configuration, reports: Reports): void {
  const { scripts } = configuration;
  const parsed = new Map<string, Program | undefined>();
  const reached = new Map<string, Set<PluginFunction>>();
  const users = new Map<string, Set<Product>>();
  for (const product of configuration.products)
    for (const [key, plugin] of Object.entries(product.plugins)) {
      const name = key as PluginFunction;
      if (!plugin.enabled) continue;
      const path = resolveScript(scripts, plugin.path);
      if (path === undefined) {
        const message = `The script ${plugin.path} of the plugin ${name} is not in scripts/: every call fails.${suggestion(plugin.path, Object.keys(scripts))}`;
        reports.add(
          'warning',
          'missing-plugin-file',
          message,
          placeOfText(configuration, policyFile(product), plugin.path),
          product.name,
        );
        continue;
      }
      for (const file of reach(path)) {
        reached.set(file, (reached.get(file) ?? new Set()).add(name));
        users.set(file, (users.get(file) ?? new Set()).add(product));
      }
      const program = programAt(path);
      if (program) checkExport(program, name, fileOf(configuration, path), reports, product.name);
    }
  for (const path of Object.keys(scripts)) {
    if (!/\.c?js$/.test(path)) continue;
    const program = programAt(path);
    const products = [...(users.get(path) ?? [])];
    if (!program || products.length === 0) continue;
    const functions = reached.get(path) ?? new Set();
    checkScript(program, { configuration, path, products, decides: functions.has('getUnderwritingResult') }, reports);
  }

  function programAt(path: string): Program | undefined {
    if (!parsed.has(path)) parsed.set(path, read(path));
    return parsed.get(path);
  }

  /** A script that no plugin reaches may be a test or a source of a bundle: what is wrong with it does no harm. */
  function read(path: string): Program | undefined {
    const result = parseScript(scripts[path] ?? '');
    if (result.ok) return result.program;
    const severity = [...reached.keys()].includes(path) ? 'error' : 'info';
    const message = result.isModule
      ? 'This script is an ES module: plugins are CommonJS. Use require and exports, or deploy what your build makes of it.'
      : `This script is no JavaScript: ${result.message}.`;
    reports.add(severity, 'script-syntax', message, {
      file: fileOf(configuration, path),
      line: result.line,
      column: result.column,
    });
    return undefined;
  }

  /** The script and everything that it requires. */
  function reach(entry: string): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [entry];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (found.has(path)) continue;
      found.add(path);
      if (!reached.has(path)) reached.set(path, new Set());
      const program = /\.c?js$/.test(path) ? programAt(path) : undefined;
      if (program)
        for (const { target } of requires(program)) {
          const resolved = requiredScript(scripts, path, target);
          if (resolved !== undefined) open.push(resolved);
        }
    }
    return found;
  }
}

/** Whether a plugin's script exports the function it is called for; what is exported in a computed way is believed. */
function checkExport(program: Program, name: PluginFunction, file: string, reports: Reports, product: string): void {
  const { names, computed } = exportsOf(program);
  if (computed || names.has(name)) return;
  const misspelt = nearest(name, names.keys());
  const at = misspelt === undefined ? program : names.get(misspelt);
  const hint =
    misspelt === undefined || PLUGIN_FUNCTIONS.some((known) => known === misspelt)
      ? ''
      : ` "${misspelt}" is another name.`;
  const declared = declares(program, name) ? ` It defines ${name}: add exports.${name} = ${name}.` : '';
  const message = `This script exports no "${name}", which ${product} calls: every call fails.${hint}${declared}`;
  reports.add('warning', 'missing-export', message, placeOf(file, at ?? program), product);
}

function declares(program: Program, name: string): boolean {
  return program.body.some(
    (node) =>
      (node.type === 'FunctionDeclaration' && node.id?.name === name) ||
      (node.type === 'VariableDeclaration' &&
        node.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name)),
  );
}

function exportsOf(program: Program): { readonly names: ReadonlyMap<string, Program>; readonly computed: boolean } {
  const names = new Map<string, Program>();
  let computed = false;
  const isExports = (node: Expression | SpreadElement | { type: 'Super' }): boolean =>
    (node.type === 'Identifier' && node.name === 'exports') || isModuleExports(node);
  walk(program, (node, [parent]) => {
    if (node.type === 'AssignmentExpression') {
      const { left, right } = node;
      if (left.type === 'MemberExpression' && isExports(left.object)) {
        const name = memberName(left);
        if (name === undefined) computed = true;
        else names.set(name, left as unknown as Program);
      } else if (isModuleExports(left as Expression) && right.type === 'ObjectExpression') {
        for (const property of right.properties)
          if (property.type === 'Property' && !property.computed && property.key.type === 'Identifier')
            names.set(property.key.name, property as unknown as Program);
          else if (property.type === 'Property' && property.key.type === 'Literal')
            names.set(String(property.key.value), property as unknown as Program);
          else computed = true;
      } else if (isModuleExports(left as Expression)) computed = true;
    } else if (
      node.type === 'Identifier' &&
      node.name === 'exports' &&
      parent?.type !== 'MemberExpression' &&
      parent?.type !== 'AssignmentExpression'
    )
      computed = true;
  });
  return { names, computed };
}

function isModuleExports(node: Expression | SpreadElement | { type: 'Super' }): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'module' &&
    memberName(node) === 'exports'
  );
}

const policyFile = ({ directory }: Product): string =>
  directory === '' ? 'policy/policy.json' : `${directory}/policy/policy.json`;
