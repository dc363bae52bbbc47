import type { Comparison, Condition, Expression, FilterCall, PathKey } from './ast.ts';
import type { Range, Report } from './segments.ts';

interface Token {
  readonly type: 'name' | 'number' | 'string' | 'sign' | 'end';
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

const TOKEN =
  /\s*(?:("[^"]*"|'[^']*')|(-?(?:\d+(?:\.\d+)?|\.\d+)(?![\p{L}\p{N}_])(?:\.(?![\p{L}\p{N}_.]))?)|((?:[\p{L}_]|\d+[\p{L}_])[\p{L}\p{N}_-]*\??)|(===|!==|==|!=|<>|<=|>=|\.\.|&&|\|\||[<>=|:,.()[\]!{}]))/uy;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': '==',
  '===': '==',
  '=': '==',
  '!=': '!=',
  '!==': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  contains: 'contains',
};
const MAXIMUM_DEPTH = 50;
/** Filters one after the other, parts of a condition, digits of a number. */
const MAXIMUM_CHAIN = 200;

/** Thrown inside the parser only; `parse` turns it into a diagnostic. */
export class SyntaxProblem extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const isBrace = ({ type, value }: Token): boolean => type === 'sign' && (value === '{' || value === '}');

/** Reads the expressions of one tag: a recursive descent over its tokens (rules L6–L12). */
export class ExpressionParser {
  readonly #source: string;
  readonly #tokens: Token[];
  readonly #report: Report;
  readonly #place: (offset: number) => { line: number; column: number };
  #index = 0;
  #depth = 0;
  #inCondition = false;

  constructor(
    source: string,
    markup: Range,
    place: (offset: number) => { line: number; column: number },
    report: Report,
  ) {
    this.#source = source;
    this.#place = place;
    this.#report = report;
    const tokens = tokenize(source, markup);
    const brace = tokens.find(isBrace);
    if (brace) this.#guess('braces', 'braces inside a tag mean nothing and are left out', brace);
    this.#tokens = brace ? tokens.filter((token) => !isBrace(token)) : tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#index] ?? { type: 'end', value: '', from: this.#source.length, to: this.#source.length };
  }
  /** Offset of the next token. */
  get offset(): number {
    return this.#token.from;
  }
  get atEnd(): boolean {
    return this.#token.type === 'end';
  }

  end(): void {
    if (!this.atEnd) throw new SyntaxProblem(`\`${this.#token.value}\` is not expected here`, this.#token.from);
  }
  /** Takes a sign or a word when it comes next. */
  take(value: string): boolean {
    const token = this.#token;
    if (token.value !== value || token.type === 'string') return false;
    this.#index += 1;
    return true;
  }
  expect(value: string): void {
    if (!this.take(value)) {
      const found = this.atEnd ? 'the tag ends' : `\`${this.#token.value}\` stands`;
      throw new SyntaxProblem(`\`${value}\` is expected where ${found}`, this.#token.from);
    }
  }
  name(what: string): string {
    const token = this.#token;
    if (token.type !== 'name' && token.type !== 'string') {
      throw new SyntaxProblem(`${what} is expected ${this.atEnd ? '' : `instead of \`${token.value}\``}`, token.from);
    }
    this.#index += 1;
    return token.type === 'string' ? token.value.slice(1, -1) : token.value;
  }
  /** True when a name stands next with the sign right after it: `limit:`. */
  startsNamed(): boolean {
    return this.#token.type === 'name' && this.#tokens[this.#index + 1]?.value === ':';
  }
  text(from: number): string {
    return this.#slice(from, this.#tokens[this.#index - 1]?.to ?? from);
  }
  #slice(from: number, to: number): string {
    return this.#source.slice(from, to).replace(/\s+/g, ' ').trim();
  }

  /** An expression with its filters. Nothing before the first filter counts as nil: `{{ | page_number }}`. */
  filtered(): Expression {
    const from = this.#token.from;
    const place = this.#place(from);
    const input: Expression =
      this.atEnd || this.#token.value === '|'
        ? { kind: 'literal', value: { type: 'nil' }, text: '', ...place }
        : this.primary();
    return this.#filters(input, from);
  }

  #filters(input: Expression, from: number): Expression {
    const filters: FilterCall[] = [];
    while (this.take('|') || (!this.#inCondition && this.#takeDoubledPipe())) {
      const inputText = this.#slice(from, this.#tokens[this.#index - 2]?.to ?? from);
      while (this.take('|'))
        this.#guess('doubled-pipe', 'a doubled pipe is read as one', this.#tokens[this.#index - 1]);
      if (this.atEnd) {
        this.#guess('trailing-pipe', 'a pipe without a filter is left out', this.#tokens[this.#index - 1]);
        break;
      }
      if (filters.length === MAXIMUM_CHAIN) throw new SyntaxProblem('too many filters in a row', this.offset);
      filters.push(this.#filter(inputText));
    }
    if (filters.length === 0) return input;
    return { kind: 'filtered', input, filters, text: this.text(from), ...this.#place(from) };
  }

  /** `||` between filters is one pipe; in a condition it means `or`. */
  #takeDoubledPipe(): boolean {
    const token = this.#token;
    if (!this.take('||')) return false;
    this.#guess('doubled-pipe', 'a doubled pipe is read as one', { ...token, from: token.from + 1 });
    return true;
  }

  #filter(input: string): FilterCall {
    const place = this.#place(this.#token.from);
    const name = this.name('the name of a filter');
    const positional: Expression[] = [];
    const named: { name: string; value: Expression }[] = [];
    if (this.take(':')) {
      while (!this.atEnd && this.#token.value !== '|' && this.#token.value !== '||') {
        if (this.startsNamed()) {
          const key = this.name('a name');
          this.expect(':');
          named.push({ name: key, value: this.primary() });
        } else positional.push(this.primary());
        if (!this.take(',')) break;
      }
    }
    return { name, arguments: positional, named, input, ...place };
  }

  primary(): Expression {
    const token = this.#token;
    const place = this.#place(token.from);
    if (token.type === 'string') {
      this.#index += 1;
      return literal({ type: 'string', value: token.value.slice(1, -1) }, token.value, place);
    }
    if (token.type === 'number') {
      if (token.value.length > MAXIMUM_CHAIN) throw new SyntaxProblem('this number has too many digits', token.from);
      this.#index += 1;
      return literal(numberLiteral(token.value), token.value, place);
    }
    if (token.type === 'name') {
      const word = CONSTANTS[token.value];
      if (word && this.#tokens[this.#index + 1]?.value !== '.' && this.#tokens[this.#index + 1]?.value !== '[') {
        this.#index += 1;
        return literal(word, token.value, place);
      }
      this.#index += 1;
      return this.#path(token.value, token.from);
    }
    if (this.take('(')) return this.#nested(() => this.#parenthesis(token.from));
    if (this.take('[')) {
      const key = this.primary();
      this.expect(']');
      if (key.kind !== 'literal' || key.value.type !== 'string') {
        throw new SyntaxProblem('a name between brackets must be a text, e.g. `["data"]`', token.from);
      }
      return this.#path(key.value.value, token.from);
    }
    throw new SyntaxProblem(
      this.atEnd ? 'a value is expected, but the tag ends' : `a value is expected instead of \`${token.value}\``,
      token.from,
    );
  }

  #parenthesis(from: number): Expression {
    const start = this.offset;
    const inner = this.primary();
    if (this.take('..')) {
      const to = this.primary();
      this.expect(')');
      return { kind: 'range', from: inner, to, text: this.text(from), ...this.#place(from) };
    }
    const expression = this.#filters(inner, start);
    this.expect(')');
    return expression;
  }

  #path(root: string, from: number): Expression {
    const keys: PathKey[] = [];
    for (;;) {
      if (this.take('.')) {
        const token = this.#token;
        if (token.type !== 'name' && token.type !== 'number') {
          throw new SyntaxProblem('a name is expected after the point', token.from);
        }
        this.#index += 1;
        keys.push(...(token.type === 'number' ? token.value.split('.').filter(Boolean) : [token.value]));
      } else if (this.take('[')) {
        keys.push(this.#nested(() => this.primary()));
        this.expect(']');
      } else return { kind: 'path', root, keys, text: this.text(from), ...this.#place(from) };
    }
  }

  /** `and` and `or` bind from right to left without precedence; parentheses group (settled questions, 9). */
  condition(): Condition {
    this.#inCondition = true;
    const terms = [this.#term()];
    const words: ('and' | 'or')[] = [];
    for (;;) {
      const start = this.offset;
      const word = this.#word();
      if (!word) break;
      if (words.push(word) > MAXIMUM_CHAIN) throw new SyntaxProblem('this condition has too many parts', start);
      terms.push(this.#term());
    }
    return terms.reduceRight((right, left, i) => ({ kind: words[i] ?? 'and', left, right }));
  }

  #word(): 'and' | 'or' | undefined {
    const token = this.#token;
    if (this.take('and')) return 'and';
    if (this.take('or')) return 'or';
    const word = this.take('&&') ? 'and' : this.take('||') ? 'or' : undefined;
    if (word) this.#guess('operator', `\`${token.value}\` is no Liquid of the original; read as \`${word}\``, token);
    return word;
  }

  #term(): Condition {
    const start = this.#token;
    if (start.value === '!' || (start.value === 'not' && this.#tokens[this.#index + 1]?.type !== 'sign')) {
      this.#index += 1;
      this.#guess('negation', `\`${start.value}\` is no Liquid of the original; read as "not"`, start);
      return { kind: 'not', operand: this.#nested(() => this.#term()) };
    }
    if (start.value === '(' && start.type === 'sign' && !this.#rangeAhead()) {
      this.#index += 1;
      const group = this.#nested(() => this.condition());
      this.expect(')');
      if (group.kind !== 'value' || !this.#comparisonAhead()) return group;
      return this.#comparison(group.expression, start.from);
    }
    const operand = this.#operand();
    return this.#comparisonAhead() ? this.#comparison(operand, start.from) : { kind: 'value', expression: operand };
  }

  #comparison(left: Expression, from: number): Condition {
    const sign = this.#token;
    this.#index += 1;
    if (sign.value === '=') this.#guess('single-equals', '`=` in a condition is read as `==`', sign);
    const right = this.#operand();
    const operator = COMPARISONS[sign.value] ?? '==';
    return { kind: 'comparison', operator, left, right, text: this.text(from), ...this.#place(from) };
  }

  #operand(): Expression {
    const start = this.#token;
    const operand = this.primary();
    const expression = this.#filters(operand, start.from);
    if (expression !== operand) {
      this.#guess('filter-in-condition', 'a filter inside a condition is no standard Liquid; it is applied', start);
    }
    return expression;
  }

  #comparisonAhead(): boolean {
    const token = this.#token;
    return token.type !== 'string' && Object.hasOwn(COMPARISONS, token.value);
  }

  #rangeAhead(): boolean {
    let depth = 0;
    for (const token of this.#tokens.slice(this.#index + 1)) {
      if (token.type !== 'sign') continue;
      if (token.value === '(') depth += 1;
      else if (token.value === ')' && depth === 0) return false;
      else if (token.value === ')') depth -= 1;
      else if (token.value === '..' && depth === 0) return true;
    }
    return false;
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) throw new SyntaxProblem('nested too deeply to be understood', this.#token.from);
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #guess(code: string, message: string, token: Token | undefined): void {
    this.#report('warning', code, message, token?.from ?? 0);
  }
}

const CONSTANTS: Readonly<Record<string, (Expression & { kind: 'literal' })['value']>> = Object.assign(
  Object.create(null),
  {
    nil: { type: 'nil' },
    null: { type: 'nil' },
    NULL: { type: 'nil' },
    true: { type: 'boolean', value: true },
    false: { type: 'boolean', value: false },
    empty: { type: 'empty' },
    blank: { type: 'blank' },
  },
);

function literal(
  value: (Expression & { kind: 'literal' })['value'],
  text: string,
  place: { line: number; column: number },
): Expression {
  return { kind: 'literal', value, text, ...place };
}

/** `.05` → 0.05, `360.` → 360 as a decimal; a point makes a decimal. */
function numberLiteral(text: string): (Expression & { kind: 'literal' })['value'] {
  const integer = !text.includes('.');
  const value = text.replace(/^(-?)\./, '$10.').replace(/\.$/, '');
  return { type: 'number', value, integer };
}

function tokenize(source: string, markup: Range): Token[] {
  const tokens: Token[] = [];
  let at = markup.from;
  while (source.slice(at, markup.to).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    const end = TOKEN.lastIndex;
    if (!match || end > markup.to) {
      const bad = at + (source.slice(at, markup.to).length - source.slice(at, markup.to).trimStart().length);
      throw new SyntaxProblem(`\`${source.slice(bad, Math.min(markup.to, bad + 20))}\` can not be read`, bad);
    }
    const [whole, string, number, name, sign] = match;
    const value = string ?? number ?? name ?? sign ?? '';
    const from = at + whole.length - value.length;
    const previous = tokens.at(-1);
    const afterName =
      previous !== undefined && previous.to === from && (previous.type === 'name' || previous.value === ']');
    if (number?.startsWith('.') && afterName) {
      // A key made of digits, as in `answers.1`, is no decimal.
      tokens.push({ type: 'sign', value: '.', from, to: from + 1 });
      at = from + 1;
      continue;
    }
    const type =
      string !== undefined ? 'string' : number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
    tokens.push({ type, value, from, to: end });
    at = end;
  }
  tokens.push({ type: 'end', value: '', from: markup.to, to: markup.to });
  return tokens;
}
