import type { CallExpression, Expression, Program, SpreadElement } from 'acorn';
import { SPREADSHEET_NAMES } from '#core/liquid/spreadsheet/names.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { allFields, checkHeader, checkLookup, decimalExample, type KeyPart, optionsByField } from './check-lookups.ts';
import { unknownSpreadsheetNames } from './check-spreadsheet.ts';
import { type Reports, suggestion } from './reports.ts';
import { fileOf, requiredScript, requires } from './script-files.ts';
import { undeclaredNames } from './script-names.ts';
import { literalTexts, memberName, placeOf, walk } from './script-syntax.ts';

export const DECISIONS = ['accept', 'reject', 'none'];

export interface ScriptContext {
  readonly configuration: Configuration;
  readonly path: string;
  readonly products: readonly Product[];
  /** Whether the underwriting plugin reaches it. */
  readonly decides: boolean;
}

/** What the body of a script gets wrong. */
export function checkScript(program: Program, context: ScriptContext, reports: Reports): void {
  const { configuration, path, products } = context;
  const file = fileOf(configuration, path);
  const product = products.length === 1 ? (products[0]?.name ?? null) : null;
  const warn = (code: string, message: string, node: { loc?: Program['loc'] }): void =>
    reports.add('warning', code, message, placeOf(file, node as Program), product);

  for (const { target, node } of requires(program)) {
    const resolved = requiredScript(configuration.scripts, path, target);
    if (target === 'spreadsheet') continue;
    if (!target.startsWith('.'))
      warn('missing-require', `There is no package "${target}" for plugins: bundle it into the script.`, node);
    else if (resolved === undefined) warn('missing-require', `There is no script ${target} below scripts/.`, node);
  }
  for (const { name, node } of unknownSpreadsheetNames(program))
    warn(
      'unknown-function',
      `The spreadsheet functions have no "${name}": calling it fails.${suggestion(name, SPREADSHEET_NAMES)}`,
      node as Program,
    );
  for (const name of undeclaredNames(program))
    warn('undefined-variable', `"${name.name}" is nowhere defined: reading it throws.`, name);

  const values = variableValues(program);
  let trap = true;
  walk(program, (node) => {
    if (node.type === 'CallExpression') {
      const called = node.callee.type === 'Identifier' ? node.callee.name : memberName(node.callee);
      if (called === 'tableLookup') checkTableLookup(node, values, context, reports, file, product);
      if (called === 'parseInt') checkTruncation(node, values, context, warn);
    }
    if (context.decides)
      for (const { text, node: at } of decisionsIn(node))
        if (!DECISIONS.includes(text))
          warn(
            'unknown-decision',
            `The decision "${text}" is none of ${DECISIONS.join(', ')}: underwriting fails.${suggestion(text, DECISIONS)}`,
            at as Program,
          );
    if (trap && node.type === 'MemberExpression' && isFirstCharacteristics(node)) {
      trap = false;
      const message =
        'After an endorsement characteristics[0] may be a replaced row: take the one without replacedTimestamp.';
      reports.add('info', 'first-characteristics', message, placeOf(file, node), product);
    }
  });
}

function isFirstCharacteristics(node: {
  object: Expression | { type: 'Super' };
  property: { type: string; value?: unknown };
}): boolean {
  return (
    node.object.type === 'MemberExpression' &&
    memberName(node.object) === 'characteristics' &&
    node.property.type === 'Literal' &&
    node.property.value === 0
  );
}

/** `decision: "…"`, `decision = "…"`, `result.decision = "…"`: the texts that can become the decision. */
function decisionsIn(node: Parameters<Parameters<typeof walk>[1]>[0]): ReturnType<typeof literalTexts> {
  const isDecision = (name: string | undefined): boolean => name === 'decision';
  if (node.type === 'Property' && !node.computed && node.key.type === 'Identifier' && isDecision(node.key.name))
    return literalTexts(node.value as Expression);
  if (node.type === 'Property' && node.key.type === 'Literal' && node.key.value === 'decision')
    return literalTexts(node.value as Expression);
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && isDecision(node.id.name) && node.init)
    return literalTexts(node.init);
  if (node.type === 'AssignmentExpression' && node.operator === '=') {
    const name = node.left.type === 'Identifier' ? node.left.name : memberName(node.left);
    if (isDecision(name)) return literalTexts(node.right);
  }
  return [];
}

function checkTableLookup(
  call: CallExpression,
  values: ReadonlyMap<string, Expression>,
  context: ScriptContext,
  reports: Reports,
  file: string,
  product: string | null,
): void {
  const [, tableArgument, keyArgument] = call.arguments;
  const table = tableArgument && constantText(tableArgument, values);
  if (table === undefined || !keyArgument) return;
  const list = keyArgument.type === 'ArrayExpression' ? keyArgument.elements : [keyArgument];
  const options = new Map(context.products.flatMap((one) => [...optionsByField(one)]));
  const keys = list.map((key) => (key ? keyParts(key, values, options) : [{ kind: 'any' as const }]));
  const use = { table, keys, place: placeOf(file, call), product, typed: false };
  const found = checkLookup(use, context.configuration.tables, reports);
  if (found) checkHeader(found, reports);
}

const ANY: KeyPart = { kind: 'any' };

function keyParts(
  node: Expression | SpreadElement,
  values: ReadonlyMap<string, Expression>,
  options: ReadonlyMap<string, readonly string[]>,
): readonly KeyPart[] {
  if (node.type === 'Literal' && (typeof node.value === 'string' || typeof node.value === 'number'))
    return [{ kind: typeof node.value === 'number' ? 'number' : 'text', value: String(node.value) }];
  if (node.type === 'TemplateLiteral')
    return node.quasis.flatMap((quasi, index) => {
      const expression = node.expressions[index];
      return [
        { kind: 'text' as const, value: quasi.value.cooked ?? '' },
        ...(expression ? keyParts(expression, values, options) : []),
      ];
    });
  if (node.type === 'BinaryExpression' && node.operator === '+' && node.left.type !== 'PrivateIdentifier') {
    const [left, right] = [keyParts(node.left, values, options), keyParts(node.right, values, options)];
    const texts = [...left, ...right].some(({ kind }) => kind === 'text' || kind === 'options');
    return texts ? [...left, ...right] : [ANY];
  }
  if (node.type === 'Identifier') {
    const value = values.get(node.name);
    return value && value.type !== 'Identifier' ? keyParts(value, values, options) : [ANY];
  }
  const field = fieldRead(node, values);
  const known = field === undefined ? undefined : options.get(field);
  return field !== undefined && known ? [{ kind: 'options', field, values: known }] : [ANY];
}

/** `….fieldValues.state`, also with `[0]` behind it or through a variable that holds the values → `state`. */
function fieldRead(node: Expression | SpreadElement, values: ReadonlyMap<string, Expression>): string | undefined {
  if (node.type === 'ChainExpression') return fieldRead(node.expression, values);
  if (node.type !== 'MemberExpression' || node.object.type === 'Super') return undefined;
  if (node.property.type === 'Literal' && node.property.value === 0) return fieldRead(node.object, values);
  return holdsFieldValues(node.object, values) ? memberName(node) : undefined;
}

function holdsFieldValues(node: Expression, values: ReadonlyMap<string, Expression>): boolean {
  if (node.type === 'ChainExpression') return holdsFieldValues(node.expression, values);
  if (node.type !== 'Identifier') return memberName(node) === 'fieldValues';
  const value = values.get(node.name);
  if (value === undefined || value.type === 'Identifier') return /field_?values$/i.test(node.name);
  return holdsFieldValues(value, values);
}

function constantText(node: Expression | SpreadElement, values: ReadonlyMap<string, Expression>): string | undefined {
  const value = node.type === 'Identifier' ? values.get(node.name) : node;
  const texts = value ? literalTexts(value) : [];
  return texts.length === 1 && value?.type !== 'ConditionalExpression' ? texts[0]?.text : undefined;
}

/** Variables that are declared once with a value and never assigned again: what they stand for. */
function variableValues(program: Program): ReadonlyMap<string, Expression> {
  const values = new Map<string, Expression>();
  const changed = new Set<string>();
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
      if (values.has(node.id.name) || !node.init) changed.add(node.id.name);
      else values.set(node.id.name, node.init);
    }
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') changed.add(node.left.name);
    if (
      node.type === 'FunctionDeclaration' ||
      node.type === 'FunctionExpression' ||
      node.type === 'ArrowFunctionExpression'
    )
      for (const param of node.params) walk(param, (inner) => inner.type === 'Identifier' && changed.add(inner.name));
  });
  for (const name of changed) values.delete(name);
  return values;
}

type Warn = (code: string, message: string, node: { loc?: Program['loc'] }) => void;

/** `parseInt` of something that has decimals cuts them off without a word. */
function checkTruncation(
  call: CallExpression,
  values: ReadonlyMap<string, Expression>,
  context: ScriptContext,
  warn: Warn,
): void {
  const [argument] = call.arguments;
  if (!argument) return;
  const value = argument.type === 'Identifier' ? (values.get(argument.name) ?? argument) : argument;
  const cut = (what: string): void =>
    warn('truncation', `parseInt cuts the decimals off ${what}: use parseFloat.`, call);
  const texts = value.type === 'Literal' ? [String(value.value)] : literalTexts(value).map(({ text }) => text);
  const decimal = texts.find(isDecimal);
  if (decimal !== undefined) {
    cut(`"${decimal}"`);
    return;
  }
  if (value.type === 'CallExpression' && memberName(value.callee) === 'tableLookup') {
    const name = value.arguments[1] && constantText(value.arguments[1], values);
    const table = name === undefined ? undefined : context.configuration.tables[name];
    const example = table && decimalExample(table);
    if (table && example) cut(`values of the table "${table.name}" (${example.text} on line ${example.line})`);
    return;
  }
  const field = fieldRead(value, values);
  if (field === undefined) return;
  const definitions = context.products.flatMap(allFields).filter(({ name }) => name === field);
  const decimals = definitions.find(({ type, decimalPlaces = 0 }) => type === 'number' && decimalPlaces > 0);
  const option = definitions.flatMap(({ type, values = [] }) => (type === 'select' ? values : [])).find(isDecimal);
  if (decimals) cut(`the field "${field}", which has ${decimals.decimalPlaces} decimals`);
  else if (option !== undefined) cut(`the field "${field}", which has the option ${option}`);
}

const isDecimal = (text: string): boolean => /^\s*[+-]?\d*\.\d*[1-9]\d*\s*$/.test(text);
