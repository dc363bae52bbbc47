import './studio.css';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ConfigurationFiles, ConfigurationVersion } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { FailedPage } from '../../components/failure.tsx';
import { failureOf } from '../../components/failure-of.ts';
import { StudioScreen } from './studio-screen.tsx';

/** The studio of a product, at its newest version. @param file the path of the open file */
export function Studio({ product, file }: { readonly product: string; readonly file: string | undefined }) {
  const versions = useQuery({
    queryKey: ['studio', 'versions', product],
    queryFn: () => call<ConfigurationVersion[]>('GET', `/api/studio/products/${encodeURIComponent(product)}/versions`),
  });
  const newest = versions.data?.[0];
  const files = useQuery({
    queryKey: ['configuration', newest?.configVersion, 'files'],
    queryFn: () => call<ConfigurationFiles>('GET', `/api/configurations/${newest?.configVersion}/files`),
    enabled: newest !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const failed = failureOf(versions, files);
  if (failed) return <FailedPage error={failed} />;
  if (!versions.data || !newest || !files.data || files.data.configVersion !== newest.configVersion)
    return <Skeleton height="100%" aria-label={text.studio.opening} />;
  return (
    <StudioScreen
      // Every version has a working copy of its own.
      key={newest.commit}
      product={product}
      file={file}
      version={newest}
      versions={versions.data}
      configuration={files.data}
    />
  );
}
