import '../../studio/studio.css';
import { Badge, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { VersionCommit, VersionHistory } from '#core/api/contracts/lab-versions.ts';
import { call } from '../../../app/client.ts';
import { moment } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { useProduct } from '../../risk/stored.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { CommitDetail } from './commit-detail.tsx';
import { graphOf, ROW } from './graph.ts';

/** Deployments and work in progress as a graph, with what the chosen one changed beside it. */
export function History({ product }: LabPartProps) {
  const history = useQuery({
    queryKey: ['lab-versions', product.name, product.configVersion],
    queryFn: () => call<VersionHistory>('GET', `/api/lab/versions/${encodeURIComponent(product.name)}`),
  });
  const zone = useProduct(product.name, product.configVersion).data?.timeZone ?? 'UTC';
  const [chosen, choose] = useState<string>();
  if (history.error) return <Failure error={history.error} />;
  if (!history.data) return <Skeleton height="100%" />;
  const { commits, branches } = history.data;
  const selected = commits.find(({ commit }) => commit === chosen) ?? commits[0];
  const graph = graphOf(commits);
  return (
    <div className="versions">
      <ol className="versions-list" aria-label={text.labVersions.history.list}>
        <svg className="versions-graph" width={graph.width} height={commits.length * ROW} aria-hidden>
          <title>{text.labVersions.history.list}</title>
          {graph.lines.map(({ d, key }) => (
            <path key={key} d={d} />
          ))}
          {graph.dots.map(({ x, y, deployed, commit }) => (
            <circle key={commit} cx={x} cy={y} r={5} className={deployed ? 'deployed' : ''} />
          ))}
        </svg>
        {commits.map((one) => (
          <li key={one.commit}>
            <button
              type="button"
              style={{ paddingLeft: graph.width + 4 }}
              aria-pressed={one === selected}
              onClick={() => choose(one.commit)}
            >
              <Line commit={one} zone={zone} />
            </button>
          </li>
        ))}
      </ol>
      {selected ? (
        <CommitDetail
          key={selected.commit}
          product={product.name}
          commit={selected}
          commits={commits}
          branch={branches.find(({ commit, ahead }) => commit === selected.commit && ahead > 0)?.name}
          spare={branches.filter(
            ({ commit, name, ahead }) => commit === selected.commit && name !== 'main' && ahead === 0,
          )}
        />
      ) : null}
    </div>
  );
}

function Line({ commit, zone }: { readonly commit: VersionCommit; readonly zone: string }) {
  const names = text.labVersions.history;
  return (
    <>
      <span className="versions-line">
        <strong>{commit.message}</strong>
        {commit.tags.map((tag) => (
          <Badge key={tag} size="sm" variant="filled" color="teal.9" flex="none" tt="none">
            {names.tag(tag)}
          </Badge>
        ))}
        {commit.branches
          .filter((name) => name !== 'main')
          .map((name) => (
            <Badge key={name} size="sm" variant="outline" color="gray" flex="none" tt="none">
              {name}
            </Badge>
          ))}
      </span>
      <Text span size="xs" c="dimmed">
        {commit.configVersion === undefined ? names.working : names.version(commit.configVersion)} ·{' '}
        {names.by(commit.author, moment(commit.at, zone))}
      </Text>
    </>
  );
}
