import { Badge, Button, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Session } from '#core/api/contract.ts';
import type { Environment } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { desktop } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { bytes, Facts } from './parts.tsx';

/** Where this workbench runs, on what, and with which products. */
export function EnvironmentSection({ session }: { readonly session: Session }) {
  const words = text.admin.environment;
  const { data, error } = useQuery({
    queryKey: ['environment'],
    queryFn: () => call<Environment>('GET', '/api/environment'),
  });
  if (error) return <Failure error={error} />;
  return (
    <>
      <Facts
        facts={[
          [words.environment, text.frame.environments[session.environment]],
          [words.folder, data && <code className="breakable">{data.folder}</code>],
          [words.database, data && `SQLite ${data.sqlite}`],
          [words.encryption, data && words.encrypted(data.cipher)],
          [words.entries, data && words.entriesCount(data.entries)],
          [
            words.size,
            data && words.sizes(bytes(data.size.database), bytes(data.size.files), bytes(data.size.configurations)),
          ],
          [words.disk, data && (data.disk ? words.free(bytes(data.disk.free), bytes(data.disk.total)) : '–')],
          [words.version, data?.engine],
          [words.runtime, data && `${data.runtime}, ${data.system}`],
          [words.printing, session.printer.detail],
          [words.device, data && <code>{data.device}</code>],
        ]}
      />
      <RecoveryKey />
      <section aria-label={words.products}>
        <Title order={2}>{words.products}</Title>
        {data?.products.length === 0 ? (
          <Text size="sm" c="dimmed">
            {words.none}
          </Text>
        ) : (
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.columns.product}</Table.Th>
                <Table.Th className="amount">{words.columns.version}</Table.Th>
                <Table.Th>{words.columns.findings}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(data?.products ?? []).map((product) => (
                <Table.Tr key={product.name}>
                  <Table.Td>{product.displayName}</Table.Td>
                  <Table.Td className="amount">{product.configVersion}</Table.Td>
                  <Table.Td>
                    <Badge
                      variant="light"
                      color={product.errors > 0 ? 'red' : product.warnings > 0 ? 'orange' : 'teal'}
                    >
                      {product.errors + product.warnings === 0
                        ? words.clean
                        : words.findings(product.errors, product.warnings)}
                    </Badge>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </section>
    </>
  );
}

/** The key that opens the data when this laptop's key store is lost; the desktop prints it, the page never sees it. */
function RecoveryKey() {
  const words = text.admin.environment;
  const bridge = desktop();
  if (!bridge) return null;
  const print = async (): Promise<void> => {
    if (await bridge.printRecoveryKey()) toast(words.printed);
  };
  return (
    <section aria-label={words.recovery}>
      <Title order={2}>{words.recovery}</Title>
      <Button variant="default" onClick={() => print().catch(toastFailure)}>
        {words.printRecovery}
      </Button>
    </section>
  );
}
