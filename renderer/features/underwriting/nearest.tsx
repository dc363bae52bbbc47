import { Badge, Button, Skeleton, Text, Title, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { NearestAnswer, NearestProposal } from '#core/api/contracts/explain.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { money, change as signed } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { type RiskForm, toRequest } from '../risk/form.ts';
import type { Risk } from '../risk/use-risk.ts';
import { applyChanges, reversed } from './apply-changes.ts';
import { changeWords } from './words.ts';

/** The search begins when nobody has typed for so long, milliseconds: it tries many changes, the price only one. */
const PAUSE = 500;

/** The nearest changes that would be accepted, each with what it costs and one key away from being made. */
export function Nearest({ product, risk }: { readonly product: ProductForm; readonly risk: Risk }) {
  const request = JSON.stringify(toRequest(risk.form, product));
  const [settled] = useDebouncedValue(request, PAUSE);
  const nearest = useQuery({
    queryKey: ['nearest', product.name, settled],
    queryFn: ({ signal }) =>
      call<NearestAnswer>(
        'POST',
        `/api/products/${encodeURIComponent(product.name)}/nearest`,
        JSON.parse(settled),
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const latest = useRef(risk);
  latest.current = risk;
  const answer = settled === request ? nearest.data : undefined;
  const proposals = answer?.proposals ?? [];

  const apply = ({ changes }: NearestProposal): void => {
    const before: RiskForm = risk.form;
    const after = applyChanges(before, changes, product);
    risk.setForm(after);
    const what = changes.map((one) => sentence(changeWords(one, product))).join(', ');
    toast(text.underwriting.applied(what), () => {
      const { form, setForm } = latest.current;
      setForm(form === after ? before : applyChanges(form, reversed(changes), product));
    });
  };
  const [first] = proposals;
  useActions(
    text.underwriting.nearest,
    risk.editable && first ? [{ label: text.underwriting.applyNearest, keys: 'a', run: () => apply(first) }] : [],
  );
  return (
    <section aria-label={text.underwriting.nearest}>
      <Title order={2}>{text.underwriting.nearest}</Title>
      <Text size="xs" c="dimmed">
        {text.underwriting.nearestHint}
      </Text>
      {nearest.error ? <Failure error={nearest.error} /> : null}
      {answer ? (
        <Found answer={answer} product={product} onApply={risk.editable ? apply : undefined} />
      ) : nearest.error ? null : (
        <div role="status" aria-label={text.underwriting.searching}>
          <Skeleton height={44} mt="xs" />
          <Skeleton height={44} mt="xs" />
        </div>
      )}
      {risk.editable || proposals.length === 0 ? null : (
        <Text size="sm" mt="xs">
          {text.underwriting.locked}
        </Text>
      )}
    </section>
  );
}

interface FoundProps {
  readonly answer: NearestAnswer;
  readonly product: ProductForm;
  readonly onApply: ((proposal: NearestProposal) => void) | undefined;
}

function Found({ answer, product, onApply }: FoundProps) {
  const { proposals, evaluations, exhausted, currency } = answer;
  const remark = exhausted
    ? proposals.length === 0
      ? text.underwriting.nothingNear
      : ''
    : proposals.length === 0
      ? text.underwriting.nothingFound
      : text.underwriting.notAll;
  return (
    <>
      <ol className="proposals" data-testid="proposals">
        {proposals.map((proposal, index) => (
          <li key={proposal.changes.map(({ path, to }) => `${path} ${to}`).join()} className="proposal">
            <ul className="proposal-changes">
              {proposal.changes.map((one) => {
                const words = changeWords(one, product);
                return (
                  <li key={one.path}>
                    <span>{words.label}:</span>{' '}
                    {words.from ? (
                      <>
                        <s>{words.from}</s> <span aria-hidden>→</span>{' '}
                      </>
                    ) : null}
                    <strong>{words.to}</strong>{' '}
                    <Tooltip label={text.underwriting.kindHints[one.kind]} multiline w={240}>
                      <Badge
                        size="sm"
                        variant={one.kind === 'offer' ? 'light' : 'outline'}
                        color={one.kind === 'offer' ? 'teal' : 'gray'}
                      >
                        {text.underwriting.kinds[one.kind]}
                      </Badge>
                    </Tooltip>
                  </li>
                );
              })}
            </ul>
            <div className="proposal-price">
              {proposal.total === undefined ? null : (
                <>
                  <span className="proposal-total">{money(proposal.total, currency)}</span>
                  {proposal.difference === undefined ? null : (
                    <span className="proposal-difference">{signed(proposal.difference, currency)}</span>
                  )}
                </>
              )}
            </div>
            {onApply ? (
              <Button
                variant={index === 0 ? 'filled' : 'default'}
                onClick={() => onApply(proposal)}
                {...(index === 0 ? { 'aria-keyshortcuts': 'a' } : {})}
              >
                {text.underwriting.apply}
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed">
        {[remark, text.underwriting.tried(evaluations)].filter(Boolean).join(' ')}
      </Text>
    </>
  );
}

function sentence({ label, to }: ReturnType<typeof changeWords>): string {
  return `${label} ${to}`;
}
