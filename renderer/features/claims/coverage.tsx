import { Alert, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ProductForm } from '#core/api/contract.ts';
import type { CoverageSummary } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import { call } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { perilTitle } from '../risk/form.ts';
import { exposureTitlesBy } from '../transactions/words.ts';

/** What was covered at an instant, milliseconds. */
export function useCoverage(policy: string, at: number | undefined) {
  return useQuery({
    queryKey: ['coverage', policy, at],
    queryFn: () => call<CoverageSummary>('POST', `/policies/${policy}/coverageSummary`, { timestamp: String(at) }),
    enabled: at !== undefined,
    placeholderData: (before) => before,
  });
}

interface CoverageProps {
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
  readonly at: number | undefined;
}

/** What was covered when it happened, with its deductible and limits. */
export function CoverageAt({ product, policy, at }: CoverageProps) {
  const coverage = useCoverage(policy.locator, at);
  if (at === undefined)
    return (
      <Text size="sm" c="dimmed">
        {text.claims.coverageAsk}
      </Text>
    );
  if (coverage.error) return <Failure error={coverage.error} />;
  if (!coverage.data) return null;
  if (!coverage.data.inForce) return <Alert color="red">{text.claims.coverageNone(day(at, product.timeZone))}</Alert>;
  const titles = exposureTitlesBy(product, policy);
  return (
    <Table verticalSpacing={3} aria-label={text.claims.coverage}>
      <Table.Tbody>
        {coverage.data.coverages.map((covered) => (
          <Table.Tr key={covered.perilLocator}>
            <Table.Td>{titles.get(covered.exposureLocator) ?? covered.exposureName}</Table.Td>
            <Table.Td>{perilTitle(product, covered.perilName)}</Table.Td>
            <Table.Td>
              {text.claims.coverageFrom(
                day(covered.coverageStartTimestamp, product.timeZone),
                day(covered.coverageEndTimestamp, product.timeZone),
              )}
            </Table.Td>
            <Table.Td>
              {PERIL_AMOUNTS.flatMap((name) => {
                const amount = covered[name];
                return amount === undefined
                  ? []
                  : [`${text.risk.amounts[name]} ${/\d/.test(amount) ? money(amount, product.currency) : amount}`];
              }).join(' · ')}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
