import { Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Session } from '#core/api/contract.ts';
import type { SupportBundle } from '#core/api/contracts/admin.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { saveFile } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { useTour } from '../first-start/tour.tsx';
import { Listing } from './parts.tsx';

/** What this is, help, and what helps others to help. */
export function About({ session }: { readonly session: Session }) {
  const words = text.admin.about;
  const tour = useTour();
  const look = useMutation({ mutationFn: () => call<SupportBundle>('GET', '/api/support-bundle') });
  const save = useMutation({
    // What is saved is what was looked at.
    mutationFn: async () => {
      const bundle = look.data ?? (await look.mutateAsync());
      const made = typeof bundle.made === 'string' ? bundle.made.slice(0, 10) : '';
      await saveFile(words.file(made), `${JSON.stringify(bundle, null, 2)}\n`, 'application/json');
    },
    onSuccess: () => toast(words.saved),
  });
  const error = look.error ?? save.error;
  useActions(text.admin.sections.about, [{ label: words.bundle, run: () => look.mutate() }]);
  return (
    <>
      <Text size="sm" mt="xs">
        {text.product} {session.version}
      </Text>
      <Text size="sm" c="dimmed">
        {words.licence}
      </Text>
      <section aria-label={words.help}>
        <Title order={2}>{words.help}</Title>
        <Group gap="sm" mt="xs">
          <Button variant="default" onClick={tour.start}>
            {words.tour}
          </Button>
        </Group>
      </section>
      <section aria-label={words.bundle}>
        <Title order={2}>{words.bundle}</Title>
        <Text size="sm" c="dimmed" maw={680}>
          {words.bundleHint}
        </Text>
        <Group gap="sm" mt="xs">
          <Button variant="default" onClick={() => look.mutate()} loading={look.isPending}>
            {words.look}
          </Button>
          <Button onClick={() => save.mutate()} disabled={!look.data} loading={save.isPending}>
            {words.save}
          </Button>
        </Group>
        {error ? <Failure error={error} /> : null}
        {look.isPending && !look.data ? <Skeleton height={200} mt="sm" /> : null}
        {look.data ? <Bundle bundle={look.data} /> : null}
      </section>
    </>
  );
}

/** Every part of the bundle as it will be saved, folded by what it is. */
function Bundle({ bundle }: { readonly bundle: SupportBundle }) {
  return (
    <div className="bundle">
      {Object.entries(bundle).map(([part, content]) =>
        typeof content === 'string' ? (
          <p key={part}>
            {text.admin.about.parts[part] ?? part}: {content}
          </p>
        ) : (
          <details key={part}>
            <summary>{text.admin.about.parts[part] ?? part}</summary>
            <Listing>{JSON.stringify(content, null, 2)}</Listing>
          </details>
        ),
      )}
    </div>
  );
}
