import { Button } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { PriceReceipt } from '#core/api/contracts/lab-receipts.ts';
import { call } from '../../../app/client.ts';
import { saveFile } from '../../../app/save-file.ts';
import { text } from '../../../app/text.ts';
import { toast, toastFailure } from '../../../app/toast.tsx';

/** Saves the receipt of a price: what any copy of Fieldwriter can confirm. @param of policy, quote or transaction */
export function ReceiptButton({ of }: { readonly of: string }) {
  const names = text.labVersions.receipts;
  const make = useMutation({
    mutationFn: async () => {
      const receipt = await call<PriceReceipt>('POST', '/api/lab/receipts', { of });
      const name = `receipt-${of}.json`;
      await saveFile(name, JSON.stringify(receipt, null, 2), 'application/json');
      return name;
    },
    onSuccess: (name) => toast(names.made(name)),
    onError: toastFailure,
  });
  return (
    <Button
      variant="default"
      mt="xs"
      leftSection={<IconReceipt size={14} />}
      loading={make.isPending}
      onClick={() => make.mutate()}
    >
      {names.make}
    </Button>
  );
}
