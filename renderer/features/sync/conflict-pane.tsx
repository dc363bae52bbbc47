import { Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConflictDetail } from '#core/api/contracts/sync.ts';
import { call } from '../../app/client.ts';
import { money } from '../../app/format.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { useProduct } from '../risk/stored.ts';
import { ConflictFields } from './conflict-fields.tsx';
import { differenceOf, type Taken } from './conflict-taken.ts';
import { productIn } from './field-words.ts';
import { Resolve } from './resolve.tsx';
import { SYNC } from './use-sync.ts';
import { shortMoment } from './words.ts';

const words = text.sync.conflicts;

/** One conflict: what happened, how the sides differ, what each choice comes to, and the choice. */
export function ConflictPane({ locator }: { readonly locator: string }) {
  const conflict = useQuery({
    queryKey: [SYNC, 'conflict', locator],
    queryFn: () => call<ConflictDetail>('GET', `/api/sync/conflicts/${encodeURIComponent(locator)}`),
  });
  if (conflict.error) return <Failure error={conflict.error} />;
  if (!conflict.data) return <Skeleton height={300} />;
  return <Pane conflict={conflict.data} />;
}

function Pane({ conflict }: { readonly conflict: ConflictDetail }) {
  const product = useProduct(productIn(conflict.records));
  const recommended = conflict.choices.find((choice) => choice.recommended && choice.possible);
  const [choice, setChoice] = useState(recommended?.choice ?? 'theirs');
  const [taken, setTaken] = useState<Taken>(new Map());
  const choosing = conflict.state === 'open' && choice === 'fields';
  return (
    <article className="conflict-pane" aria-label={conflict.title}>
      <Head conflict={conflict} />
      {conflict.premium && conflict.state === 'resolved' ? <Premium premium={conflict.premium} /> : null}
      {conflict.state === 'open' ? (
        <Resolve conflict={conflict} choice={choice} onChoice={setChoice} taken={taken} />
      ) : null}
      <section aria-label={words.difference}>
        <Title order={3} mt="md">
          {words.difference}
        </Title>
        {conflict.records.map((sides) => (
          <ConflictFields
            key={`${sides.type} ${sides.locator}`}
            sides={sides}
            product={product.data}
            choosing={choosing}
            taken={taken}
            onTake={setTaken}
          />
        ))}
        {conflict.records.some((sides) => differenceOf(sides).length > 0) ? null : (
          <Text size="sm" c="dimmed">
            {words.unchanged}
          </Text>
        )}
      </section>
      <Verbatim conflict={conflict} />
    </article>
  );
}

function Head({ conflict }: { readonly conflict: ConflictDetail }) {
  const { resolution } = conflict;
  return (
    <header>
      <Title order={2}>{conflict.title}</Title>
      <Text size="sm">
        {text.history.commands[conflict.command] ?? text.history.unnamed(conflict.command)}
        <Text span c="dimmed">
          {` · ${conflict.userName} · ${shortMoment(conflict.at, Date.now())}${conflict.own ? ` · ${words.own}` : ''}`}
        </Text>
      </Text>
      <Text size="sm" mt={4}>
        {words.reasons[conflict.reason]}
      </Text>
      <p className="conflict-links">
        {conflict.policyLocator === null ? null : (
          <a href={address({ screen: 'policy', locator: conflict.policyLocator })}>{words.policy}</a>
        )}
        {conflict.follows === null ? null : (
          <a href={address({ screen: 'replication', section: 'conflicts', locator: conflict.follows })}>
            {words.follows}
          </a>
        )}
      </p>
      {resolution ? (
        <Text size="sm" fw={600} role="status">
          {words.resolvedBy(words.resolution[resolution.choice], resolution.by, shortMoment(resolution.at, Date.now()))}
        </Text>
      ) : null}
    </header>
  );
}

function Premium({ premium }: { readonly premium: NonNullable<ConflictDetail['premium']> }) {
  const { currency, theirs, mine } = premium;
  return (
    <dl className="conflict-premium" aria-label={words.premium}>
      <div>
        <dt>
          {words.premium}, {words.standing.toLowerCase()}
        </dt>
        <dd>{money(theirs, currency)}</dd>
      </div>
      <div>
        <dt>
          {words.premium}, {words.refused.toLowerCase()}
        </dt>
        <dd>{money(mine, currency)}</dd>
      </div>
    </dl>
  );
}

/** What each side wrote, to the letter: for whoever has to prove it. */
function Verbatim({ conflict }: { readonly conflict: ConflictDetail }) {
  return (
    <details className="conflict-verbatim">
      <summary>{words.verbatim}</summary>
      <pre className="technical">
        {JSON.stringify(
          conflict.records.map(({ type, locator, before, theirs, mine }) => ({ type, locator, before, theirs, mine })),
          null,
          2,
        )}
      </pre>
    </details>
  );
}
