import { Alert, Table, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReceiptConfirmation } from '#core/api/contracts/lab-receipts.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';

const names = text.labVersions.receipts;
const COLORS = { confirmed: 'teal', differs: 'red', 'no-configuration': 'orange' } as const;

/** A receipt is dropped or chosen, rated again, and confirmed, or its first differing step is shown. */
export function ReceiptView() {
  const [over, hover] = useState(false);
  const confirm = useMutation({
    mutationFn: async (file: File): Promise<ReceiptConfirmation> => {
      let receipt: unknown;
      try {
        receipt = JSON.parse(await file.text());
      } catch {
        throw new Error(names.unreadable(file.name));
      }
      return call<ReceiptConfirmation>('POST', '/api/lab/receipts/confirm', { receipt });
    },
  });
  const take = (file: File | null | undefined): void => {
    hover(false);
    if (file) confirm.mutate(file);
  };
  return (
    <div className="versions-receipt">
      <Title order={2}>{names.title}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {names.hint}
      </Text>
      <label
        className={`versions-drop${over ? ' over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          hover(true);
        }}
        onDragLeave={() => hover(false)}
        onDrop={(event) => {
          event.preventDefault();
          take(event.dataTransfer.files[0]);
        }}
      >
        {names.choose}
        <input
          type="file"
          accept=".json,application/json"
          className="visually-hidden"
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {confirm.error ? <Failure error={confirm.error} /> : null}
      {confirm.data ? <Confirmed found={confirm.data} /> : null}
    </div>
  );
}

function Confirmed({ found }: { readonly found: ReceiptConfirmation }) {
  const { verdict, about, tampered, configuration, engine, firstDifference: first, amounts, problem } = found;
  return (
    <>
      <Alert color={COLORS[verdict]} title={names.verdicts[verdict]} my="sm" role="status">
        <Text size="sm">{names.about(about.product, about.priced)}</Text>
        {problem ? <Text size="sm">{problem.message}</Text> : null}
        {engine.recorded === engine.here ? null : <Text size="sm">{names.engine(engine.recorded, engine.here)}</Text>}
      </Alert>
      {tampered.length > 0 ? (
        <>
          <Title order={3}>{names.tampered}</Title>
          <ul className="notes">
            {tampered.map(({ part, message }) => (
              <li key={part}>{message}</li>
            ))}
          </ul>
        </>
      ) : null}
      {configuration.changed.length > 0 ? (
        <>
          <Title order={3}>{names.changedFiles}</Title>
          <ul className="notes">
            {configuration.changed.map(({ path, kind }) => (
              <li key={path}>
                <code>{path}</code> {text.labVersions.history.kinds[kind]}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {first ? (
        <>
          <Title order={3}>{names.firstStep}</Title>
          <Text size="sm">{first.path.join(' › ')}</Text>
          <Table withTableBorder verticalSpacing={4} my="xs">
            <Table.Tbody>
              <Table.Tr>
                <Table.Th scope="row">{names.receipt}</Table.Th>
                <Table.Td>{first.before ?? names.noStep}</Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Th scope="row">{names.rated}</Table.Th>
                <Table.Td>{first.after ?? names.noStep}</Table.Td>
              </Table.Tr>
            </Table.Tbody>
          </Table>
        </>
      ) : null}
      {amounts.length > 0 ? (
        <Table withTableBorder verticalSpacing={2} aria-label={names.amounts}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{names.what}</Table.Th>
              <Table.Th className="amount">{names.receipt}</Table.Th>
              <Table.Th className="amount">{names.rated}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {amounts.map(({ what, recorded, rated }) => (
              <Table.Tr key={what}>
                <Table.Td>{what}</Table.Td>
                <Table.Td className="amount">{recorded}</Table.Td>
                <Table.Td className="amount">{rated}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </>
  );
}
