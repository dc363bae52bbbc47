import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TransactionPreview, TransactionResponse } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import type { TransactionAction } from '../../app/route.ts';
import { FailedPage } from '../../components/failure.tsx';
import { failureOf } from '../../components/failure-of.ts';
import { useProduct, useStoredRisk } from '../risk/stored.ts';
import { ChangeScreen } from './change-screen.tsx';
import { CoverageScreen } from './coverage-screen.tsx';
import { useLifecycle, useTimeline } from './queries.ts';
import { KIND_OF } from './steps.ts';
import type { SavedTransaction, TransactionProps } from './transaction-props.ts';
import './transactions.css';

interface TransactionScreenProps {
  readonly policy: string;
  readonly action: TransactionAction;
  readonly transaction?: string;
}

/** A change of an issued policy on a screen of its own: a new one, or one that is saved and not issued. */
export function TransactionScreen({ policy: locator, action, transaction }: TransactionScreenProps) {
  const stored = useStoredRisk(locator);
  const product = useProduct(stored.data?.policy.productName, stored.data?.policy.configVersion);
  const timeline = useTimeline(locator);
  const saved = useSaved(action, transaction);
  const error = failureOf(stored, product, timeline, saved);
  if (error) return <FailedPage error={error} />;
  if (!stored.data || !product.data || !timeline.data || (transaction && !saved.data)) return <Loading />;
  return (
    <Prepared action={action} stored={stored.data} product={product.data} timeline={timeline.data} saved={saved.data} />
  );
}

function Prepared(props: Omit<TransactionProps, 'lifecycle'>) {
  const lifecycle = useLifecycle(props.product);
  const error = failureOf(lifecycle);
  if (error) return <FailedPage error={error} />;
  if (!lifecycle.data) return <Loading />;
  const { action, saved } = props;
  const Screen = action === 'endorse' || action === 'renew' ? ChangeScreen : CoverageScreen;
  // What was saved or locked meanwhile is another state of the screen.
  return (
    <Screen
      key={`${saved?.response.state} ${saved?.response.effectiveTimestamp}`}
      {...props}
      lifecycle={lifecycle.data}
    />
  );
}

function useSaved(action: TransactionAction, locator: string | undefined) {
  const kind = KIND_OF[action];
  return useQuery({
    queryKey: ['transaction', locator],
    queryFn: async (): Promise<SavedTransaction> => {
      const response = await call<TransactionResponse>('GET', `/${kind}s/${locator}`);
      const preview = await call<TransactionPreview>('GET', `/api/transactions/${locator}/preview`);
      if (kind !== 'endorsement' && kind !== 'renewal') return { response, preview };
      const whenIssued = await call<PolicyResponse>('GET', `/${kind}s/${locator}/policyWhenIssued`);
      return { response, preview, whenIssued };
    },
    enabled: locator !== undefined,
  });
}

function Loading() {
  return (
    <div className="risk">
      <Stack gap="md" p="md" className="grow">
        <Skeleton height={28} width={280} />
        <Skeleton height={140} />
        <Skeleton height={260} />
      </Stack>
    </div>
  );
}
