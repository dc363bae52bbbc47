import { Group, Select, Skeleton, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BlamedCommit, VersionBlame, VersionFiles } from '#core/api/contracts/lab-versions.ts';
import { call } from '../../../app/client.ts';
import { moment } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { useProduct } from '../../risk/stored.ts';
import type { LabPartProps } from '../lab-part-props.ts';

const names = text.labVersions.blame;

/** Who last set each cell of a table, or each line of a file. */
export function BlameView({ product }: LabPartProps) {
  const at = `/api/lab/versions/${encodeURIComponent(product.name)}`;
  const zone = useProduct(product.name, product.configVersion).data?.timeZone ?? 'UTC';
  const files = useQuery({
    queryKey: ['lab-versions', product.name, 'files', product.configVersion],
    queryFn: () => call<VersionFiles>('GET', `${at}/files?ref=main`),
  });
  const [chosen, choose] = useState<string | null>(null);
  const [words, setWords] = useState('');
  const [wanted] = useDebouncedValue(words, 200);
  const paths = files.data?.paths ?? [];
  const path = chosen ?? paths.find((one) => one.endsWith('.csv')) ?? null;
  const blame = useQuery({
    queryKey: ['lab-versions', product.name, 'blame', product.configVersion, path, wanted],
    queryFn: () =>
      call<VersionBlame>(
        'GET',
        `${at}/blame?path=${encodeURIComponent(path ?? '')}&q=${encodeURIComponent(wanted)}&count=200`,
      ),
    enabled: path !== null,
    placeholderData: keepPreviousData,
  });
  const error = files.error ?? blame.error;
  return (
    <>
      <Group align="end">
        <Select label={names.file} w={520} searchable value={path} data={paths} onChange={choose} />
        {blame.data?.kind === 'cells' ? (
          <>
            <TextInput label={names.words} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
            <Text size="sm" c="dimmed">
              {names.rows(blame.data.rows.length, blame.data.total)}
            </Text>
          </>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed">
        {names.hint}
      </Text>
      {error ? <Failure error={error} /> : null}
      {path === null && files.data ? <Text>{names.noFile}</Text> : null}
      {path !== null && blame.isPending ? <Skeleton height={300} /> : null}
      {blame.data && path !== null ? <Blamed blame={blame.data} zone={zone} label={path} /> : null}
    </>
  );
}

interface BlamedProps {
  readonly blame: VersionBlame;
  readonly zone: string;
  readonly label: string;
}

function Blamed({ blame, zone, label }: BlamedProps) {
  const newest = Math.max(0, ...Object.values(blame.commits).map(({ at }) => at));
  const set = (name: string): BlamedCommit | undefined => blame.commits[name];
  const about = (name: string): string => {
    const found = set(name);
    return found ? names.commit(found.author, moment(found.at, zone), found.message) : '';
  };
  const version = (name: string): string => {
    const number = set(name)?.configVersion;
    return number === undefined ? name.slice(0, 7) : `v${number}`;
  };
  // With one commit alone nothing stands out.
  const stands = (name: string): string =>
    Object.keys(blame.commits).length > 1 && set(name)?.at === newest ? 'versions-newest' : '';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className={`versions-blame ${blame.kind}`} aria-label={label} tabIndex={0}>
      <table>
        {blame.kind === 'cells' ? (
          <>
            <thead>
              <tr>
                {blame.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {blame.rows.map(({ key, cells }, row) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of one version never move, and two may have one key
                <tr key={`${key} ${row}`}>
                  {cells.map(({ text: cell, commit }, index) => (
                    <td key={blame.columns[index]} className={stands(commit)} title={about(commit)}>
                      {cell} <span className="versions-set">{version(commit)}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </>
        ) : (
          <tbody>
            {blame.lines.map(({ text: line, commit }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of one file at one commit never move
              <tr key={index} className={stands(commit)}>
                <td title={about(commit)}>
                  <span className="versions-set">
                    {version(commit)} {set(commit)?.author}
                  </span>
                </td>
                <td>{line}</td>
              </tr>
            ))}
          </tbody>
        )}
      </table>
    </section>
  );
}
