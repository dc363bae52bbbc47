import * as z from 'zod';
import { confirmReceipt } from '#core/lab/receipt/confirm.ts';
import { makeReceipt } from '#core/lab/receipt/make.ts';
import { comparePublished, Published } from '#core/lab/receipt/published.ts';
import { readReceipt } from '#core/lab/receipt/read.ts';
import type { Configuration } from '#core/model/product.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { PriceReceipt, PublishedComparison, ReceiptConfirmation } from '../contracts/lab-receipts.ts';
import type { Door } from '../door.ts';

const tag = 'Price receipts';
const MakeReceipt = z.strictObject({ of: z.string().min(1) }).meta({ id: 'MakeReceipt' });
const ConfirmReceipt = z
  .strictObject({
    receipt: z.looseObject({}),
    folder: z.string().optional(),
    zip: z.base64().optional(),
  })
  .refine(({ folder, zip }) => folder === undefined || zip === undefined, 'give a folder or a ZIP, not both')
  .meta({ id: 'ConfirmReceipt' });
const ComparePublished = z
  .strictObject({ receipt: z.looseObject({}), published: Published })
  .meta({ id: 'ComparePublished' });

/** Receipts of prices: made, confirmed, and compared with what somebody else published. Nothing of it is stored. */
export function labReceiptResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/api/lab/receipts',
      tag,
      summary: 'Make the receipt of a policy, a quote or a transaction',
      body: MakeReceipt,
      answer: 'PriceReceipt',
    },
    async ({ desk, body }): Promise<PriceReceipt> =>
      ({ ...(await makeReceipt(desk, body.of)) }) as unknown as PriceReceipt,
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/receipts/confirm',
      tag,
      summary: 'Rate a receipt again: confirmed to the cent, or the first step that differs',
      body: ConfirmReceipt,
      answer: 'ReceiptConfirmation',
    },
    async ({ desk, body }): Promise<ReceiptConfirmation> =>
      confirmReceipt(desk, readReceipt(body.receipt), await givenConfiguration(body)),
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/receipts/compare',
      tag,
      summary: 'Published amounts beside the worksheet of a receipt: the first that differs',
      body: ComparePublished,
      answer: 'PublishedComparison',
    },
    ({ body }): PublishedComparison => comparePublished(body.published, readReceipt(body.receipt).result.steps),
  );
}

async function givenConfiguration({
  folder,
  zip,
}: z.output<typeof ConfirmReceipt>): Promise<Configuration | undefined> {
  if (folder !== undefined) return loadConfiguration({ folder });
  if (zip !== undefined) return loadConfiguration({ zip: new Uint8Array(Buffer.from(zip, 'base64')) });
  return undefined;
}
