import { Anchor, Badge, Group, Table, Text, Title } from '@mantine/core';
import type { ProductSummary } from '#core/api/contract.ts';
import type { LabCaseResult, LabPropertyResult, LabTest, LabTestResult } from '#core/api/contracts/lab-tests.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { address } from '../../../app/route.ts';
import { text } from '../../../app/text.ts';
import { type WorksheetPath, WorksheetTree } from '../../risk/worksheet-tree.tsx';
import { nameOfTest } from './use-test-run.ts';

interface TestDetailProps {
  readonly product: ProductSummary;
  readonly test: LabTest;
  readonly result: LabTestResult | undefined;
}

/** One test: what it is, and what came out, down to the worksheet or the counter-example. */
export function TestDetail({ product, test, result }: TestDetailProps) {
  const names = text.labTests;
  return (
    <>
      <Group gap="sm" justify="space-between" wrap="nowrap">
        <Title order={2}>{nameOfTest(test)}</Title>
        {result ? (
          <Badge color={result.passed ? 'teal' : 'red'} variant="light">
            {names.states[result.passed ? 'passed' : 'failed']}
          </Badge>
        ) : null}
      </Group>
      <Text size="xs" c="dimmed">
        <code>{test.id}</code>{' '}
        <Anchor
          size="xs"
          className="document-link"
          href={address({ screen: 'studio', product: product.name, part: test.file })}
        >
          {names.open}
        </Anchor>
      </Text>
      {result?.kind === 'case' ? <CaseDetail key={result.id} result={result} /> : null}
      {result?.kind === 'property' ? <PropertyDetail result={result} /> : null}
      {result ? null : <Text c="dimmed">{names.chooseHint}</Text>}
    </>
  );
}

function CaseDetail({ result }: { readonly result: LabCaseResult }) {
  const names = text.labTests;
  const { differences, worksheet } = result;
  const row = differences[0]?.row;
  const path = worksheet && row !== undefined ? pathTo(worksheet.steps, row) : undefined;
  if (differences.length === 0) return <Text>{names.asExpected}</Text>;
  return (
    <>
      <Table verticalSpacing={4} aria-label={names.detail}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{names.what}</Table.Th>
            <Table.Th className="amount">{names.expected}</Table.Th>
            <Table.Th className="amount">{names.actual}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ what, expected, actual }) => (
            <Table.Tr key={what}>
              <Table.Td>{what}</Table.Td>
              <Table.Td className="amount">{expected}</Table.Td>
              <Table.Td className="amount lab-actual">{actual}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {worksheet ? (
        <section className="lab-worksheet" aria-label={names.worksheet}>
          <Title order={3}>{names.worksheet}</Title>
          <WorksheetTree title={names.worksheet} steps={worksheet.steps} {...(path ? { path } : {})} />
        </section>
      ) : null}
    </>
  );
}

/** The titles of the sections that lead to the one with this locator. */
function pathTo(steps: readonly WorksheetStep[], locator: string): WorksheetPath | undefined {
  for (const step of steps) {
    if (step.kind !== 'section') continue;
    if (step.locator === locator) return [step.title];
    const inside = pathTo(step.steps, locator);
    if (inside) return [step.title, ...inside];
  }
  return undefined;
}

function PropertyDetail({ result }: { readonly result: LabPropertyResult }) {
  const names = text.labTests;
  const { law, risks, ratings, seed, unpriced, counterExample, problem } = result;
  return (
    <>
      {law === '' ? null : (
        <Text>
          {names.law}: {law}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {names.looked(risks, ratings, seed)}
      </Text>
      {unpriced.risks > 0 ? <Text size="sm">{names.unpriced(unpriced.risks, unpriced.why ?? '')}</Text> : null}
      {problem === undefined ? null : (
        <Text c="red" role="alert">
          {problem}
        </Text>
      )}
      {counterExample ? (
        <section aria-label={names.counterExample} className="lab-counter-example">
          <Title order={3}>{names.counterExample}</Title>
          <Text fw={600}>{counterExample.why}</Text>
          <Table verticalSpacing={4} w="auto" aria-label={names.counterExample}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{names.at}</Table.Th>
                <Table.Th className="amount">{names.amount}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {counterExample.at.map(({ value, amount }) => (
                <Table.Tr key={value ?? ''}>
                  <Table.Td>{value ?? '–'}</Table.Td>
                  <Table.Td className="amount">{amount}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="sm" c="dimmed">
            {names.shrunk(counterExample.sample, counterExample.shrunk)}
          </Text>
          <details>
            <summary>{names.asRequest}</summary>
            <pre className="technical">{JSON.stringify(counterExample.request, null, 2)}</pre>
          </details>
        </section>
      ) : null}
    </>
  );
}
