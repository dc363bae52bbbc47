import './desktop.css';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Deployment } from '#core/api/contract.ts';
import type { CoreState, DesktopBridge, DesktopCommand, OpenedFile } from '#core/api/contracts/desktop.ts';
import { useOffered } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { go } from '../../app/route.ts';
import { desktop } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';

/** What only the desktop has: its menus, files that are opened with it, and how the process of the data is. */
export function Desktop() {
  const bridge = desktop();
  return bridge ? <Connected bridge={bridge} /> : null;
}

function Connected({ bridge }: { readonly bridge: DesktopBridge }) {
  const queries = useQueryClient();
  const [core, setCore] = useState<CoreState>({ state: 'ready', key: 'environment' });
  const [product, setProduct] = useState<OpenedFile>();
  useCommands(bridge);
  useEffect(() => {
    void bridge.coreState().then(setCore);
    return bridge.onCoreState((next) => {
      setCore(next);
      // What failed in between is asked again.
      if (next.state === 'ready') void queries.invalidateQueries();
    });
  }, [bridge, queries]);
  useEffect(
    () =>
      bridge.onOpenFile((file) => {
        if (file.kind === 'product') setProduct(file);
        else toast(text.desktop.receipt(nameOf(file)));
      }),
    [bridge],
  );
  return (
    <>
      {core.state === 'restarting' || core.state === 'stopped' ? (
        <div role="status" className="core-banner">
          <div>
            <Text size="sm">{text.desktop[core.state]}</Text>
            {core.state === 'stopped' ? (
              <Text size="xs" c="dimmed">
                {core.reason}
              </Text>
            ) : null}
          </div>
          {core.state === 'stopped' ? (
            <Button size="compact-sm" onClick={() => void bridge.restartCore()}>
              {text.desktop.again}
            </Button>
          ) : null}
        </div>
      ) : null}
      {product ? <OpenProduct key={product.path} file={product} close={() => setProduct(undefined)} /> : null}
    </>
  );
}

/** Items of the menu bar that act in the page. */
function useCommands(bridge: DesktopBridge): void {
  const offered = useOffered();
  const latest = useRef(offered);
  latest.current = offered;
  useEffect(() => {
    const run: Readonly<Record<DesktopCommand, () => void>> = {
      palette: spotlight.open,
      keys: () =>
        latest.current
          .flatMap(({ actions }) => actions)
          .find(({ label }) => label === text.frame.help)
          ?.run(),
    };
    return bridge.onCommand((command) => run[command]());
  }, [bridge]);
}

/** A product file that was opened from outside is not simply put into use: somebody has to want it. */
function OpenProduct({ file, close }: { readonly file: OpenedFile; readonly close: () => void }) {
  const queries = useQueryClient();
  const deploy = useMutation({
    mutationFn: () => call<Deployment>('POST', '/api/configurations', { zip: file.path }),
    onSuccess: ({ products, configVersion }) => {
      void queries.invalidateQueries();
      toast(text.desktop.used(products.map(({ displayName }) => displayName).join(', '), configVersion));
      close();
      go({ screen: 'products' });
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={text.desktop.openTitle}
      closeButtonProps={{ 'aria-label': text.frame.close }}
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="sm">
        <Text size="sm" fw={600}>
          {nameOf(file)}
        </Text>
        <Text size="sm">{text.desktop.openHint}</Text>
        {deploy.error ? <Failure error={deploy.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {text.frame.cancel}
          </Button>
          <Button loading={deploy.isPending} onClick={() => deploy.mutate()} data-autofocus>
            {text.desktop.use}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function nameOf({ path }: OpenedFile): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
