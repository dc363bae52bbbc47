import { Button, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from './client.ts';
import { desktop } from './save-file.ts';
import { text } from './text.ts';
import { toast } from './toast.tsx';

/** Milliseconds between two signs of life; sooner while there is none. */
const EVERY = 5_000;
const SOONER = 2_000;
/** Milliseconds until a sign of life that did not come is asked for once more. */
const AGAIN = 300;

/** Says when the workbench behind the screens stopped answering, and goes away by itself when it is back. */
export function Connection() {
  const queries = useQueryClient();
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => call('GET', '/api/health', undefined, signal),
    refetchInterval: ({ state }) => (state.status === 'error' ? SOONER : EVERY),
    refetchIntervalInBackground: false,
    // One lost answer is no lost workbench: the banner would push what somebody is about to click.
    retry: 1,
    retryDelay: AGAIN,
    gcTime: 0,
  });
  const lost = health.isError;
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !lost) {
      toast(text.connection.back);
      // What failed in between is asked again.
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'health' });
    }
    was.current = lost;
  }, [lost, queries]);
  // The desktop knows more, and says it itself: its core is on its way back, or stopped.
  if (!lost || desktop()) return null;
  return (
    <div className="banner" role="alert">
      <Text size="sm">
        <strong>{text.connection.lost}</strong> {text.connection.safe}
      </Text>
      <Button variant="default" className="steady" loading={health.isFetching} onClick={() => void health.refetch()}>
        {text.errors.retry}
      </Button>
    </div>
  );
}
