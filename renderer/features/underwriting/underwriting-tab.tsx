import './underwriting.css';
import { Alert, Badge, Text, Title } from '@mantine/core';
import type { PricePreview, ProductForm } from '#core/api/contract.ts';
import type { AutomatedUnderwritingResultResponse } from '#core/model/policy.ts';
import { rulesOf } from '#core/model/rules.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { moment } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { DECISION_COLORS } from '../risk/price-panel.tsx';
import type { Risk } from '../risk/use-risk.ts';
import { Nearest } from './nearest.tsx';
import { Rules } from './rules.tsx';

interface UnderwritingTabProps {
  readonly product: ProductForm;
  readonly risk: Risk;
  readonly preview: PricePreview | undefined;
}

/** Why a risk is decided as it is: the decision, every rule that fired or did not, and what would change the decision. */
export function UnderwritingTab({ product, risk, preview }: UnderwritingTabProps) {
  const result = preview?.underwriting;
  const worksheet = preview?.underwritingWorksheet;
  const book = worksheet ? rulesOf(worksheet) : undefined;
  const words = { product, form: risk.form };
  return (
    <>
      <section aria-label={text.underwriting.title}>
        <Title order={2}>{text.underwriting.title}</Title>
        {result ? (
          <Verdict result={result} worksheet={worksheet} product={product} final={!risk.editable} />
        ) : (
          <Undecided preview={preview} />
        )}
        {preview?.problem ? (
          <Alert color="red" title={preview.problem.title} my="sm">
            {preview.problem.detail}
          </Alert>
        ) : null}
      </section>
      {result && result.decision !== 'accept' ? <Nearest product={product} risk={risk} /> : null}
      {book && result ? <Rules book={book} words={words} /> : null}
      {result && !worksheet && !risk.editable ? <Text c="dimmed">{text.underwriting.notKept}</Text> : null}
    </>
  );
}

interface VerdictProps {
  readonly result: AutomatedUnderwritingResultResponse;
  readonly worksheet: Worksheet | undefined;
  readonly product: ProductForm;
  readonly final: boolean;
}

function Verdict({ result, worksheet, product, final }: VerdictProps) {
  const { configVersion, timeZone } = product;
  const engine = worksheet?.engine ?? '–';
  return (
    <div className="verdict">
      <Badge size="lg" color={DECISION_COLORS[result.decision]} variant="filled" data-testid="verdict">
        {text.risk.decisions[result.decision]}
      </Badge>
      <div>
        {result.notes.length > 0 ? (
          <ul className="notes">
            {[...new Set(result.notes)].map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        ) : (
          <Text size="sm">{text.underwriting.noNotes}</Text>
        )}
        <Text size="xs" c="dimmed" mt={4}>
          {final
            ? text.underwriting.final(moment(result.decisionTimestamp, timeZone), configVersion, engine)
            : text.underwriting.preview(configVersion, engine)}
        </Text>
      </div>
    </div>
  );
}

/** No decision: because the product has no rules, or because too little is known yet. */
function Undecided({ preview }: { readonly preview: PricePreview | undefined }) {
  const open = preview?.price !== undefined && !preview.problem;
  return (
    <div className="empty">
      <Title order={3}>{open ? text.underwriting.noGate : text.underwriting.notYet}</Title>
      <Text size="sm" c="dimmed">
        {open ? text.underwriting.noGateHint : text.underwriting.notYetHint}
      </Text>
    </div>
  );
}
