import { Button, Group, Modal, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Experiment } from '#core/api/contracts/lab-experiments.ts';
import type { ConfigurationVersion } from '#core/api/contracts/studio.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import type { LabPartProps } from '../lab-part-props.ts';

const names = text.labExperiments.form;

interface NewExperimentProps extends LabPartProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Asks which two versions are tried, on how many of the new risks, and what names a risk. */
export function NewExperiment({ product, opened, onClose }: NewExperimentProps) {
  const queries = useQueryClient();
  const versions = useQuery({
    queryKey: ['studio', 'versions', product.name],
    queryFn: () =>
      call<ConfigurationVersion[]>('GET', `/api/studio/products/${encodeURIComponent(product.name)}/versions`),
    enabled: opened,
  });
  const [name, setName] = useState('');
  const [control, setControl] = useState<string | null>(null);
  const [other, setOther] = useState<string | null>(null);
  const [share, setShare] = useState<number | string>(50);
  const [traffic, setTraffic] = useState<number | string>(100);
  const [key, setKey] = useState<string[]>([]);
  const list = versions.data ?? [];
  const first = control ?? (list[1] ? `${list[1].configVersion}` : null);
  const second = other ?? (list[0] ? `${list[0].configVersion}` : null);
  const begin = useMutation({
    mutationFn: () => {
      const part = Number(share) / 100;
      const [control, trial] = names.arms;
      return call<Experiment>('POST', '/api/lab/experiments', {
        product: product.name,
        name,
        traffic: Number(traffic) / 100,
        arms: [
          { name: control, configVersion: Number(first), share: 1 - part },
          { name: trial, configVersion: Number(second), share: part },
        ],
        key,
      });
    },
    onSuccess: async ({ name: begun }) => {
      setName('');
      onClose();
      toast(text.labExperiments.begun(begun));
      await queries.invalidateQueries({ queryKey: ['lab-experiments'] });
    },
  });
  const choices = list.map(({ configVersion, message }) => ({
    value: `${configVersion}`,
    label: `${configVersion}${message === undefined ? '' : `: ${message}`}`,
  }));
  return (
    <Modal
      opened={opened}
      onClose={() => {
        begin.reset();
        onClose();
      }}
      title={names.title}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <TextInput
          data-autofocus
          required
          label={names.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {versions.data && list.length < 2 ? (
          <Text size="sm" c="dimmed" mt="sm">
            {names.one}
          </Text>
        ) : null}
        <Select
          mt="sm"
          required
          label={names.control}
          data={choices}
          value={first}
          onChange={setControl}
          allowDeselect={false}
        />
        <Select
          mt="sm"
          required
          label={names.other}
          data={choices}
          value={second}
          onChange={setOther}
          allowDeselect={false}
        />
        <Group grow mt="sm">
          <NumberInput required label={names.share} value={share} onChange={setShare} min={1} max={99} />
          <NumberInput required label={names.traffic} value={traffic} onChange={setTraffic} min={1} max={100} />
        </Group>
        <TagsInput mt="sm" required label={names.key} description={names.keyHint} value={key} onChange={setKey} />
        {begin.error ? <Failure error={begin.error} /> : null}
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={begin.isPending} disabled={list.length < 2 || key.length === 0}>
            {names.save}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
