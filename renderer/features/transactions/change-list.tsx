import { Title } from '@mantine/core';
import type { ProductForm } from '#core/api/contract.ts';
import type { Difference } from '#core/model/timeline/differences.ts';
import { text } from '../../app/text.ts';
import { placeOf, valuesOf } from './words.ts';

interface ChangeListProps {
  readonly product: ProductForm;
  readonly differences: readonly Difference[];
}

/** What a transaction changes, before and after. */
export function ChangeList({ product, differences }: ChangeListProps) {
  if (differences.length === 0) return null;
  return (
    <section aria-label={text.transactions.details.changes} className="change-list">
      <Title order={2}>{text.transactions.details.changes}</Title>
      <dl>
        {differences.map((difference) => {
          const [before, after] = valuesOf(difference);
          return (
            <div key={`${difference.what} ${difference.path}`}>
              <dt>{placeOf(product, difference)}</dt>
              <dd>
                <span className="change-before">{before}</span> → <strong>{after}</strong>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
