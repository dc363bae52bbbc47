import { Badge } from '@mantine/core';
import { titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';

export function ClaimStatus({ status }: { readonly status: string }) {
  return (
    <Badge variant="light" color={status === 'open' ? 'field' : 'gray'} data-testid="claim-status">
      {text.claims.statuses[status] ?? titled(status)}
    </Badge>
  );
}
