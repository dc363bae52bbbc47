import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ImpactAttribution } from '#core/api/contracts/lab-impact.ts';
import { call } from '../../../app/client.ts';
import { number } from '../../../app/format.ts';
import { useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { PriceWaterfall } from './price-waterfall.tsx';
import { type ImpactView, percent } from './view.ts';

const names = text.labImpact;

interface CausesProps {
  readonly run: string;
  readonly view: ImpactView;
  readonly currency: string;
}

/** What of the change of the book comes from which file. Mount it anew for another run. */
export function Causes({ run, view: { taxes, fees }, currency }: CausesProps) {
  const jobs = useJobs();
  const causes = useMutation({
    mutationFn: () =>
      jobs.follow<ImpactAttribution>(names.findCauses, () =>
        call('POST', `/api/lab/impact/runs/${run}/attribution`, { taxes, fees }),
      ),
  });
  const { data } = causes;
  const steps = useMemo(
    () =>
      (data?.steps ?? []).map(({ name, difference, share }) => ({
        key: name,
        label: name,
        difference,
        detail: share === null ? '' : `${names.share} ${percent(share)}`,
      })),
    [data],
  );
  const [first, last] = [data?.steps[0], data?.steps.at(-1)];
  return (
    <>
      <Text size="sm" c="dimmed">
        {names.causesHint}
      </Text>
      <Button
        variant="default"
        onClick={() => causes.mutate()}
        loading={causes.isPending}
        style={{ alignSelf: 'start' }}
      >
        {names.findCauses}
      </Button>
      {causes.error ? <Failure error={causes.error} /> : null}
      {first && last ? (
        <PriceWaterfall
          title={names.causes}
          before={first.before}
          after={last.after}
          steps={steps}
          currency={currency}
        />
      ) : null}
      {data && data.leftOut > 0 ? <Text size="xs">{names.leftOut(number(String(data.leftOut)))}</Text> : null}
    </>
  );
}
