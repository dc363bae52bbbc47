import { ActionIcon, Anchor, FileInput, Group, Loader, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';

interface MediaInputProps {
  readonly label: string;
  readonly withAsterisk: boolean;
  readonly error?: string | undefined;
  readonly disabled: boolean;
  /** Locators of the files. */
  readonly value: readonly string[];
  readonly repeatable: boolean;
  readonly onChange: (value: readonly string[]) => void;
}
interface StoredMedia {
  readonly locator: string;
  readonly fileName: string;
}

/** Files of a field: kept on this machine at once, named, opened and taken out one by one. */
export function MediaInput({ value, repeatable, onChange, ...shown }: MediaInputProps) {
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const files = useQueries({
    queries: value.map((locator) => ({
      queryKey: ['media', locator],
      queryFn: () => call<StoredMedia>('GET', `/media/${encodeURIComponent(locator)}`),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  const upload = async (chosen: readonly File[]): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    let kept = repeatable ? [...value] : [];
    try {
      for (const file of chosen) {
        kept = [...kept, await send(file)];
        // One by one: what arrived stays, also when a later one does not.
        onChange(kept);
      }
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  const common = { ...shown, error: failure ?? shown.error, rightSection: busy ? <Loader size={14} /> : null };
  return (
    <div>
      {repeatable ? (
        <FileInput
          {...common}
          multiple
          value={[]}
          placeholder={text.risk.addFile}
          onChange={(chosen) => void upload(chosen)}
        />
      ) : (
        <FileInput
          {...common}
          value={null}
          placeholder={value.length > 0 ? text.risk.replaceFile : text.risk.addFile}
          onChange={(chosen) => chosen && void upload([chosen])}
        />
      )}
      {value.map((locator, index) => {
        const name = files[index]?.data?.fileName ?? locator;
        return (
          <Group key={locator} gap={4} wrap="nowrap">
            <Anchor
              className="document-link"
              size="sm"
              truncate
              href={`/api/media/${encodeURIComponent(locator)}`}
              target="_blank"
              rel="noreferrer"
            >
              {name}
            </Anchor>
            {shown.disabled ? null : (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={`${text.risk.remove} ${name}`}
                onClick={() => onChange(value.filter((other) => other !== locator))}
              >
                <IconX size={12} />
              </ActionIcon>
            )}
          </Group>
        );
      })}
      {busy ? (
        <Text size="xs" c="dimmed" role="status">
          {text.risk.uploading}
        </Text>
      ) : null}
    </div>
  );
}

async function send(file: File): Promise<string> {
  const form = new FormData();
  form.append('file', file);
  const path = `/media/?fileName=${encodeURIComponent(file.name)}`;
  const response = await fetch(path, { method: 'POST', body: form, credentials: 'same-origin' });
  if (!response.ok) {
    const answer = (await response.json().catch(() => ({}))) as { readonly detail?: string };
    throw new Error(answer.detail ?? response.statusText);
  }
  return ((await response.json()) as StoredMedia).locator;
}
