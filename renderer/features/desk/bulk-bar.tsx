import { Button, Group, Modal, Text } from '@mantine/core';
import { IconCircleCheck, IconDownload, IconFileCheck, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { money } from '../../app/format.ts';
import { useJobs } from '../../app/jobs.tsx';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import type { Selection } from './selection.ts';
import { premiumsOf } from './sums.ts';

const { bulk } = text.desk;

interface BulkBarProps {
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onExport: (risks: readonly RiskSummary[]) => void;
}

/** What can be done with all selected risks at once; each is a command of its own, in the job tray. */
export function BulkBar({ selection, onSelect, onExport }: BulkBarProps) {
  const jobs = useJobs();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<'issue' | 'discard'>();
  const risks = [...selection.values()];
  const run = async (title: string, action: 'finalize' | 'issue' | 'discard'): Promise<void> => {
    setAsking(undefined);
    onSelect(new Map());
    const job = await jobs.run(title, risks, nameOf, ({ locator }) => call('POST', `/policy/${locator}/${action}`));
    // Once, at the end: a list that changes a hundred times under one's eyes helps nobody.
    await queries.invalidateQueries();
    if (job.state === 'done') toast(bulk.done(title, job.total, job.failures.length));
  };
  const finalize = (): void => void run(bulk.finalizing(risks.length), 'finalize');
  useActions(
    bulk.title,
    risks.length === 0
      ? []
      : [
          { label: bulk.finalize, run: finalize },
          { label: bulk.issue, run: () => setAsking('issue') },
          { label: bulk.discard, run: () => setAsking('discard') },
          { label: bulk.export, run: () => onExport(risks) },
        ],
  );
  const issuable = risks.filter(({ stage }) => stage === 'accepted');
  const total = premiumsOf(issuable)
    .map(({ amount, currency }) => money(amount, currency))
    .join(' + ');
  const discardable = risks.filter(({ issued }) => issued === undefined);
  return (
    <>
      {risks.length > 0 ? (
        <section className="bulk-bar" aria-label={bulk.title}>
          <strong>{bulk.selected(risks.length)}</strong>
          <Button variant="light" leftSection={<IconCircleCheck size={14} />} onClick={finalize}>
            {bulk.finalize}
          </Button>
          <Button variant="light" leftSection={<IconFileCheck size={14} />} onClick={() => setAsking('issue')}>
            {bulk.issue}
          </Button>
          <Button
            variant="light"
            color="gray"
            leftSection={<IconTrash size={14} />}
            onClick={() => setAsking('discard')}
          >
            {bulk.discard}
          </Button>
          <Button variant="light" color="gray" leftSection={<IconDownload size={14} />} onClick={() => onExport(risks)}>
            {bulk.export}
          </Button>
          <span className="grow" />
          <Button variant="subtle" color="gray" onClick={() => onSelect(new Map())}>
            {bulk.none}
          </Button>
        </section>
      ) : null}
      <Modal
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={asking === 'discard' ? bulk.discardTitle(discardable.length) : bulk.issueTitle(issuable.length)}
        transitionProps={{ duration: 0 }}
      >
        <Text size="sm">
          {asking === 'discard'
            ? bulk.discardEffect(discardable.length)
            : bulk.issueEffect(issuable.length, total || '–')}
        </Text>
        {asking === 'issue' && issuable.length < risks.length ? (
          <Text size="sm" c="dimmed" mt="sm">
            {bulk.issueOthers(risks.length - issuable.length)}
          </Text>
        ) : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(undefined)}>
            {bulk.keep}
          </Button>
          <Button
            data-autofocus
            color={asking === 'discard' ? 'red' : undefined}
            onClick={() =>
              asking === 'discard'
                ? void run(bulk.discarding(risks.length), 'discard')
                : void run(bulk.issuing(risks.length), 'issue')
            }
          >
            {asking === 'discard' ? bulk.discard : bulk.issue}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function nameOf({ insured, policyNumber, locator }: RiskSummary): string {
  return `${insured || text.desk.unnamed} (${policyNumber ?? locator})`;
}
