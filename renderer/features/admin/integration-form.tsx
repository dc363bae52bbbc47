import {
  ActionIcon,
  Button,
  Checkbox,
  Drawer,
  Fieldset,
  Group,
  PasswordInput,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Integration } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

interface HeaderLine {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}
interface Draft {
  readonly name: string;
  readonly type: Integration['type'];
  readonly url: string;
  readonly headers: readonly HeaderLine[];
  readonly hmacEnabled: boolean;
  readonly secret: string;
  readonly tag: string;
  readonly unchecked: boolean;
}

interface FormProps {
  /** Absent: a new one. */
  readonly integration: Integration | undefined;
  readonly onClose: () => void;
  readonly onSaved: (name: string, changed: boolean) => void;
}

/** Registers a service outside, or changes it; secrets that are set are masked and stay when they are left alone. */
export function IntegrationForm({ integration, onClose, onSaved }: FormProps) {
  const words = text.admin.form;
  const [draft, setDraft] = useState(() => draftOf(integration));
  const set = (change: Partial<Draft>): void => setDraft((before) => ({ ...before, ...change }));
  const save = useMutation({
    mutationFn: () =>
      integration
        ? call('PUT', `/integrations/${encodeURIComponent(integration.name)}`, requestOf(draft))
        : call('POST', '/integrations', requestOf(draft)),
    onSuccess: () => onSaved(draft.name, integration !== undefined),
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="md"
      title={integration ? words.change(integration.name) : words.add}
      transitionProps={{ duration: 0 }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={words.name}
            description={words.nameHint}
            required
            disabled={integration !== undefined}
            data-autofocus={integration === undefined ? true : undefined}
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Select
            label={words.type}
            data={(['external_rater', 'data_autofill', 'webhook'] as const).map((type) => ({
              value: type,
              label: text.admin.integrations.types[type],
            }))}
            allowDeselect={false}
            value={draft.type}
            onChange={(type) => set({ type: (type ?? 'external_rater') as Integration['type'] })}
          />
          <TextInput
            label={words.url}
            placeholder="https://rater.example.org/rate"
            required
            data-autofocus={integration ? true : undefined}
            value={draft.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
          <Headers lines={draft.headers} onChange={(headers) => set({ headers })} kept={integration !== undefined} />
          <Fieldset legend={words.signature} p="sm">
            <Stack gap="sm">
              <Checkbox
                label={words.sign}
                checked={draft.hmacEnabled}
                onChange={(event) => set({ hmacEnabled: event.currentTarget.checked })}
              />
              <PasswordInput
                label={words.secret}
                {...(integration?.securitySpec?.secret === undefined ? {} : { description: words.kept })}
                size="xs"
                autoComplete="off"
                value={draft.secret}
                onChange={(event) => set({ secret: event.currentTarget.value })}
              />
              <TextInput
                label={words.tag}
                value={draft.tag}
                onChange={(event) => set({ tag: event.currentTarget.value })}
              />
              <Checkbox
                label={words.unchecked}
                checked={draft.unchecked}
                onChange={(event) => set({ unchecked: event.currentTarget.checked })}
              />
            </Stack>
          </Fieldset>
          {save.error ? <Failure error={save.error} /> : null}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {text.frame.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

interface HeadersProps {
  readonly lines: readonly HeaderLine[];
  readonly kept: boolean;
  readonly onChange: (lines: readonly HeaderLine[]) => void;
}

function Headers({ lines, kept, onChange }: HeadersProps) {
  const words = text.admin.form;
  const change = (key: string, part: Partial<HeaderLine>): void =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  return (
    <Fieldset legend={words.headers} p="sm">
      <Stack gap="xs">
        {lines.map((line) => (
          <Group key={line.key} gap="xs" wrap="nowrap">
            <TextInput
              aria-label={words.headerName}
              placeholder={words.headerName}
              value={line.name}
              onChange={(event) => change(line.key, { name: event.currentTarget.value })}
            />
            <PasswordInput
              aria-label={words.headerValue}
              placeholder={words.headerValue}
              size="xs"
              autoComplete="off"
              className="grow"
              value={line.value}
              onChange={(event) => change(line.key, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words.removeHeader(line.name)}
              onClick={() => onChange(lines.filter(({ key }) => key !== line.key))}
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Group justify="space-between">
          <Button
            variant="subtle"
            onClick={() => onChange([...lines, { key: crypto.randomUUID(), name: '', value: '' }])}
          >
            {words.addHeader}
          </Button>
          {kept && lines.length > 0 ? <span className="hint">{words.kept}</span> : null}
        </Group>
      </Stack>
    </Fieldset>
  );
}

function draftOf(integration: Integration | undefined): Draft {
  const { securitySpec } = integration ?? {};
  return {
    name: integration?.name ?? '',
    type: integration?.type ?? 'external_rater',
    url: integration?.url ?? '',
    headers: Object.entries(integration?.headers ?? {}).map(([name, value]) => ({ key: name, name, value })),
    hmacEnabled: securitySpec?.hmacEnabled ?? false,
    secret: securitySpec?.secret ?? '',
    tag: securitySpec?.tag ?? '',
    unchecked: securitySpec?.secureSSL === false,
  };
}

function requestOf({ name, type, url, headers, hmacEnabled, secret, tag, unchecked }: Draft): object {
  const secured = hmacEnabled || secret !== '' || tag !== '' || unchecked;
  return {
    name,
    type,
    url,
    headers: Object.fromEntries(headers.filter((line) => line.name !== '').map((line) => [line.name, line.value])),
    ...(secured
      ? { securitySpec: { hmacEnabled, secureSSL: !unchecked, ...(secret ? { secret } : {}), ...(tag ? { tag } : {}) } }
      : {}),
  };
}
