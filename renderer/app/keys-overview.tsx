import { Kbd, Modal, Table, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { keyNames, useActions, useOffered } from './actions.tsx';
import { text } from './text.ts';

/** The keys of the screen that is open (`?`). */
export function KeysOverview() {
  const [opened, { open, close }] = useDisclosure();
  useActions(text.frame.everywhere, [{ label: text.frame.help, keys: 'shift+?', run: open }]);
  const groups = useOffered()
    .map(({ title, actions }) => ({ title, keyed: actions.filter(({ keys }) => keys !== undefined) }))
    .filter(({ keyed }) => keyed.length > 0);
  return (
    <Modal opened={opened} onClose={close} title={text.frame.help} size="lg" transitionProps={{ duration: 0 }}>
      {groups.map(({ title, keyed }) => (
        <section key={`${title} ${keyed[0]?.label}`}>
          <Title order={3} mt="sm">
            {title}
          </Title>
          <Table verticalSpacing={3}>
            <Table.Tbody>
              {keyed.map(({ label, keys }) => (
                <Table.Tr key={label}>
                  <Table.Td>{label}</Table.Td>
                  <Table.Td ta="right">
                    {keyNames(keys ?? '').map((key) => (
                      <Kbd key={key} size="xs" ml={4}>
                        {key}
                      </Kbd>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </Modal>
  );
}
