import { Kbd, Modal, Table, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { keyNames, useActions, useOffered } from './actions.tsx';
import { text } from './text.ts';

/** The keys of the screen that is open (`?`). */
export function KeysOverview() {
  const [opened, { open, close }] = useDisclosure();
  useActions(text.frame.everywhere, [{ label: text.frame.help, keys: 'shift+?', run: open }]);
  // Several parts of a screen may offer under one title.
  const groups = Map.groupBy(
    useOffered().flatMap(({ title, actions }) =>
      actions.flatMap(({ label, keys }) => (keys === undefined ? [] : [{ title, label, keys }])),
    ),
    ({ title }) => title,
  );
  return (
    <Modal opened={opened} onClose={close} title={text.frame.help} size="lg" transitionProps={{ duration: 0 }}>
      {[...groups].map(([title, keyed]) => (
        <section key={title}>
          <Title order={3} mt="sm">
            {title}
          </Title>
          <Table verticalSpacing={3}>
            <Table.Tbody>
              {keyed.map(({ label, keys }) => (
                <Table.Tr key={label}>
                  <Table.Td>{label}</Table.Td>
                  <Table.Td ta="right">
                    {keyNames(keys).map((key) => (
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
