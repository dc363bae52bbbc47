import '../../studio/studio.css';
import './logic.css';
import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ConfigurationFiles, ConfigurationVersion } from '#core/api/contracts/studio.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { failureOf } from '../../../components/failure-of.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { LogicScreen } from './logic-screen.tsx';

/** Pricing logic of a product at its newest version, beside the worksheet that it makes. */
export function Logic({ product }: LabPartProps) {
  const versions = useQuery({
    queryKey: ['studio', 'versions', product.name],
    queryFn: () =>
      call<ConfigurationVersion[]>('GET', `/api/studio/products/${encodeURIComponent(product.name)}/versions`),
  });
  const newest = versions.data?.[0];
  const files = useQuery({
    queryKey: ['configuration', newest?.configVersion, 'files'],
    queryFn: () => call<ConfigurationFiles>('GET', `/api/configurations/${newest?.configVersion}/files`),
    enabled: newest !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const failed = failureOf(versions, files);
  if (failed) return <Failure error={failed} />;
  if (!newest || !files.data || files.data.configVersion !== newest.configVersion) return <Skeleton height="100%" />;
  const logic = files.data.files.filter(
    (file) =>
      (file.product === null || file.product === product.name) &&
      ['rating', 'guidelines', 'plugins'].includes(file.part) &&
      /\.(liquid|c?js)$/i.test(file.path),
  );
  if (logic.length === 0) return <Text c="dimmed">{text.labLogic.noFiles}</Text>;
  return <LogicScreen key={newest.commit} product={product} version={newest} files={logic} />;
}
