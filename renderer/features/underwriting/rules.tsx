import { Text, Title } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ProductForm } from '#core/api/contract.ts';
import type { Rule, RuleBook, RuleEffect } from '#core/model/rules.ts';
import type { AskedPart } from '#core/model/worksheet.ts';
import { text } from '../../app/text.ts';
import { PlaceText } from '../../components/place-text.tsx';
import type { RiskForm } from '../risk/form.ts';
import { Steps } from '../risk/worksheet-tree.tsx';
import { inputName, shown } from './words.ts';

/** What a worksheet's names mean to people: the product's titles, the risk's exposures. */
export interface Words {
  readonly product: ProductForm;
  readonly form: Pick<RiskForm, 'exposures'>;
}

/** So many rules that did not fire are shown at once; more wait behind one click. */
const FEW = 6;

/** Every rule that fired and every one that did not, with what was asked and what came of it. */
export function Rules({ book, words }: { readonly book: RuleBook; readonly words: Words }) {
  if (book.by !== 'guidelines') return <Script book={book} />;
  const fired = book.rules.filter((rule) => rule.fired);
  const silent = book.rules.filter((rule) => !rule.fired);
  return (
    <>
      <section aria-label={text.underwriting.fired(fired.length)}>
        <Title order={2}>{text.underwriting.fired(fired.length)}</Title>
        {fired.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.underwriting.firedNone}
          </Text>
        ) : null}
        <RuleList rules={fired} words={words} />
        {book.always.length > 0 ? (
          <div className="rule">
            <span className="rule-mark" />
            <div className="rule-body">
              <div className="rule-head">
                <Text size="sm" c="dimmed" className="grow">
                  {text.underwriting.always}
                </Text>
                <PlaceText place={book.always[0]?.place} />
              </div>
              <Effects effects={book.always} word={text.underwriting.did} />
            </div>
          </div>
        ) : null}
      </section>
      <section aria-label={text.underwriting.silent(silent.length)}>
        {silent.length > FEW ? (
          <details className="silent">
            <summary>
              <Title order={2}>{text.underwriting.silent(silent.length)}</Title>
            </summary>
            <Silent rules={silent} words={words} />
          </details>
        ) : (
          <>
            <Title order={2}>{text.underwriting.silent(silent.length)}</Title>
            <Silent rules={silent} words={words} />
          </>
        )}
      </section>
      {book.remarks.length > 0 ? (
        <section aria-label={text.underwriting.remarks}>
          <Title order={2}>{text.underwriting.remarks}</Title>
          <Steps steps={book.remarks} outer />
        </section>
      ) : null}
    </>
  );
}

function Silent({ rules, words }: { readonly rules: readonly Rule[]; readonly words: Words }) {
  return (
    <>
      <Text size="xs" c="dimmed">
        {rules.length === 0 ? text.underwriting.silentNone : text.underwriting.silentHint}
      </Text>
      <RuleList rules={rules} words={words} />
    </>
  );
}

/** A script has no rules that could be listed: what it did is shown instead, and why there is no more. */
function Script({ book }: { readonly book: RuleBook }) {
  return (
    <section aria-label={text.underwriting.script}>
      <Title order={2}>{text.underwriting.script}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text.underwriting.plugin}
      </Text>
      <Steps steps={book.remarks} outer />
    </section>
  );
}

function RuleList({ rules, words }: { readonly rules: readonly Rule[]; readonly words: Words }) {
  if (rules.length === 0) return null;
  return (
    <ul className="rules">
      {rules.map((rule, index) => (
        // Rules are a record of what was asked, in order.
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        <li key={index} className="rule" data-held={rule.held}>
          <Mark holds={rule.held} />
          <RuleBody rule={rule} words={words} />
        </li>
      ))}
    </ul>
  );
}

function RuleBody({ rule, words }: { readonly rule: Rule; readonly words: Words }) {
  const { condition, otherwise, asked, held } = rule;
  const settled = asked.length > 0 && asked.length < partsIn(condition);
  return (
    <div className="rule-body">
      <div className="rule-head">
        <code>{otherwise === undefined ? condition : text.underwriting.otherwise(otherwise)}</code>
        {rule.decides ? <strong className="rule-decides">{text.underwriting.decides}</strong> : null}
        <PlaceText place={rule.place} />
      </div>
      {asked.length > 0 ? (
        <ul className="rule-parts">
          {asked.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
            <li key={index}>
              <Part part={part} single={asked.length === 1 && !settled} words={words} />
            </li>
          ))}
          {settled ? <li className="rule-settled">{text.underwriting.notAsked}</li> : null}
        </ul>
      ) : null}
      <Effects effects={rule.does} word={held ? text.underwriting.did : text.underwriting.would} />
      <RuleList rules={rule.inside} words={words} />
    </div>
  );
}

/** How many comparisons a condition is made of, as far as its text tells. */
function partsIn(condition: string): number {
  return condition.replace(/"[^"]*"|'[^']*'/g, '').split(/\s(?:and|or)\s/).length;
}

/** One comparison: what it looked at, the value at that moment, and whether it held. */
function Part({ part, single, words }: { readonly part: AskedPart; readonly single: boolean; readonly words: Words }) {
  const path = part.reads?.[0];
  const name = path === undefined ? leftOf(part.text) : inputName(path, words.product, words.form);
  const literal = typeof part.right !== 'string' || part.text.includes(part.right);
  return (
    <>
      {single ? null : <Mark holds={part.holds} small />}
      <span>
        {text.underwriting.is(name, '')}
        <strong>{shown(part.left)}</strong>
        {literal || part.right === undefined ? null : ` ${text.underwriting.comparedWith(shown(part.right))}`}
      </span>
      {single ? null : <code className="rule-part-text">{part.text}</code>}
    </>
  );
}

/** What stands before the comparison. */
function leftOf(comparison: string): string {
  return comparison.split(/\s(?:===?|!==?|<=?|>=?|<>|=|contains)\s/)[0] ?? comparison;
}

function Mark({ holds, small = false }: { readonly holds: boolean; readonly small?: boolean }) {
  const Shape = holds ? IconCheck : IconX;
  return (
    <span className={holds ? 'rule-mark held' : 'rule-mark'}>
      <Shape size={small ? 12 : 16} stroke={2} aria-hidden />
      <span className="visually-hidden">{holds ? text.underwriting.held : text.underwriting.failed}</span>
    </span>
  );
}

/** What a rule did, or would have done, in a line. */
function Effects({ effects, word }: { readonly effects: readonly RuleEffect[]; readonly word: string }) {
  if (effects.length === 0) return null;
  return (
    <div className="rule-effects">
      <span className="rule-effects-word">{word}</span>
      <span>{effects.map(effectWords).join('; ')}</span>
    </div>
  );
}

function effectWords({ filter, value }: RuleEffect): string {
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  if (filter === 'add_underwriting_note') return text.underwriting.note(said);
  if (filter !== 'set_underwriting_decision') return text.underwriting.call(filter, said);
  return text.underwriting.decision(said in text.risk.decisions ? decisionWord(said) : said);
}

function decisionWord(decision: string): string {
  return text.risk.decisions[decision as keyof typeof text.risk.decisions];
}
