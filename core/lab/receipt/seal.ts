import { createHash } from 'node:crypto';
import { canonicalJson } from '#core/model/json.ts';
import type { Configuration } from '#core/model/product.ts';
import type { Confirmation, ReceiptPart } from './confirmation.ts';
import type { Receipt } from './contract.ts';

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
export const hashOfJson = (value: unknown): string => sha256(canonicalJson(value));

/** SHA-256 of every file of a configuration, by its path. */
export function fileHashes({ files }: Pick<Configuration, 'files'>): Readonly<Record<string, string>> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, sha256(bytes)]));
}

type Unsealed = Omit<Receipt, 'hashes' | 'hash'>;

/** Puts the hashes on a receipt (PR2). */
export function sealed(body: Unsealed): Receipt {
  const hashed = { ...body, hashes: partHashes(body) };
  return { ...hashed, hash: hashOfJson(hashed) };
}

const WORDS: Readonly<Record<ReceiptPart, string>> = {
  configuration: 'which configuration priced it',
  input: 'what was priced: the policy, for whom, when, or what was answered from outside',
  result: 'the amounts or the worksheet',
};

/** What of a receipt was changed after it was made (PR6). Whoever changes the hashes too is found by rating again. */
export function brokenSeals(receipt: Receipt): Confirmation['tampered'] {
  const { hash, ...hashed } = receipt;
  const now = partHashes(receipt);
  const parts = (Object.keys(WORDS) as ReceiptPart[]).filter((part) => now[part] !== receipt.hashes[part]);
  const broken = parts.map((part) => ({ part, message: `Changed after the receipt was made: ${WORDS[part]}.` }));
  if (broken.length > 0 || hashOfJson(hashed) === hash) return broken;
  return [{ part: 'receipt', message: 'Changed after the receipt was made: its head or its hashes.' }];
}

function partHashes({ configuration, run, input, answers, leftOut, result }: Unsealed): Receipt['hashes'] {
  return {
    configuration: hashOfJson(configuration),
    input: hashOfJson({ run, input, answers, leftOut }),
    result: hashOfJson(result),
  };
}
