import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PolicyholderRecord, PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import { newLocator } from '#core/model/locator.ts';
import type { PolicyCreateRequest } from '#core/model/request.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { createPolicy } from '#core/policy/drafts.ts';
import { finalizePolicy } from '#core/policy/finalize.ts';
import { openDesk } from '#core/policy/open-desk.ts';
import { createPolicyholder, type PolicyholderRequest } from '#core/policy/policyholders.ts';
import { riskProjector } from '#core/policy/risk-row.ts';
import { chooseUser } from '#core/policy/users.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { Change } from '#core/store/contract.ts';
import { openStore } from '#core/store/open.ts';

const DAY = 86_400_000;
/** Policies a commit: the book is made, not worked on. */
const BATCH = 500;
const FIRST = [
  'Ada',
  'Ben',
  'Clara',
  'Dev',
  'Elif',
  'Femi',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Kofi',
  'Lena',
  'Marta',
  'Noor',
];
const LAST_HEAD = [
  'Mar',
  'Ash',
  'Hol',
  'Win',
  'Ber',
  'Cal',
  'Dun',
  'Fair',
  'Gar',
  'Hart',
  'Kel',
  'Lang',
  'Mor',
  'Nor',
  'Oak',
  'Pem',
];
const LAST_TAIL = [
  'sh',
  'ton',
  'ley',
  'ford',
  'man',
  'ders',
  'wick',
  'ham',
  'well',
  'son',
  'croft',
  'den',
  'by',
  'stead',
];

/** A book of personal auto in a data folder of its own: one policy worked out for real, then many of the same shape. */
export interface Book {
  readonly folder: string;
  readonly policies: readonly string[];
  /** Seconds that it took to make. */
  readonly seconds: number;
}

export async function makeBook(size: number, key: Uint8Array): Promise<Book> {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'fieldwriter-book-')), 'data');
  const template = await workedOut(folder, key);
  const started = performance.now();
  const random = seeded(7);
  const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
  const store = openStore({ folder, key, engine: 'bench', now: Date.now, random: bytes, risks: riskProjector });
  const policies: string[] = [];
  try {
    const actor = { user: 'bench', name: 'Bench' };
    for (let made = 0; made < size; made += BATCH) {
      const changes: Change[] = [];
      for (let index = made; index < Math.min(size, made + BATCH); index += 1) {
        const records = variant(template, index, random, bytes);
        policies.push(records.policy.locator);
        for (const [type, record] of Object.entries(records))
          changes.push({ type: type as keyof typeof records, locator: record.locator, base: 0, record } as never);
      }
      store.commit({ name: 'bench.book', version: 1, arguments: {}, actor, at: Date.now() }, changes);
    }
  } finally {
    store.close();
  }
  return { folder, policies, seconds: (performance.now() - started) / 1000 };
}

interface Template {
  readonly policyholder: PolicyholderRecord;
  readonly policy: PolicyRecord;
  readonly quote: QuoteRecord;
}

interface CaseFile {
  readonly product: string;
  readonly policyholder: PolicyholderRequest;
  readonly policyCreate: Omit<PolicyCreateRequest, 'productName'>;
}

/** One policy as the workbench itself makes it, finalized, with the example deployed and somebody at the desk. */
async function workedOut(folder: string, key: Uint8Array): Promise<Template> {
  const desk = openDesk({ folder, key, documents: 'later' });
  try {
    const caller = { actor: chooseUser(desk, 'Uma Writer') };
    const example = path.resolve(import.meta.dirname, '../../examples/personal-auto');
    await deployConfiguration(desk, caller, await loadConfiguration({ folder: example }));
    const file = path.join(example, 'products/personal-auto/tests/golden-new-business.case.json');
    const request = JSON.parse(readFileSync(file, 'utf8')) as CaseFile;
    const holder = await createPolicyholder(desk, caller, request.policyholder);
    const made = await createPolicy(desk, caller, {
      ...request.policyCreate,
      productName: request.product,
      policyholderLocator: holder.locator,
    });
    await finalizePolicy(desk, caller, made.locator);
    const stored = desk.store.get('policy', made.locator)?.record as unknown as PolicyRecord;
    return {
      policyholder: desk.store.get('policyholder', holder.locator)?.record as unknown as PolicyholderRecord,
      policy: stored,
      quote: desk.store.get('quote', stored.quoteLocator)?.record as unknown as QuoteRecord,
    };
  } finally {
    await desk.close();
  }
}

/** The template as somebody else's policy: another name, value, period and state. */
function variant(
  template: Template,
  index: number,
  random: () => number,
  bytes: (count: number) => Uint8Array,
): Template {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const now = Date.now();
  const created = now - Math.floor(random() * 700 * DAY);
  const locator = (): string => newLocator(created, bytes);
  const [holder, policy, quote] = [locator(), String(200_000_000 + 2 * index), String(200_000_001 + 2 * index)];
  const state = (['draft', 'accepted', 'declined', 'issued', 'issued', 'issued', 'issued', 'issued'] as const)[
    Math.floor(random() * 8)
  ];
  const issued = state === 'issued' || state === undefined;
  const start = created + Math.floor(random() * 30) * DAY;
  const premium = (200 + random() * 2_400).toFixed(2);
  const { price, underwriting, worksheet: _worksheet, ...risk } = template.quote;
  const exposures = risk.exposures.map((exposure) => ({
    ...exposure,
    locator: locator(),
    row: locator(),
    fieldValues: { ...exposure.fieldValues, vehicle_value: [String(5_000 + Math.floor(random() * 60_000))] },
  }));
  return {
    policyholder: {
      ...template.policyholder,
      locator: holder,
      entity: {
        values: {
          ...template.policyholder.entity.values,
          first_name: [pick(FIRST)],
          last_name: [pick(LAST_HEAD) + pick(LAST_TAIL)],
        },
      },
    },
    policy: {
      ...template.policy,
      locator: policy,
      displayId: issued ? `P-${String(index).padStart(7, '0')}` : policy,
      policyholderLocator: holder,
      quoteLocator: quote,
      createdAt: created,
      updatedAt: created,
      ...(issued ? { issuedAt: created } : {}),
    },
    quote: {
      ...risk,
      locator: quote,
      policyLocator: policy,
      policyholderLocator: holder,
      state: issued ? 'accepted' : state,
      createdAt: created,
      updatedAt: created,
      contractStart: start,
      contractEnd: start + 365 * DAY,
      exposures,
      ...(price && state !== 'draft' ? { price: { ...price, grossPremium: premium } } : {}),
      ...(underwriting && state !== 'draft'
        ? { underwriting: { ...underwriting, decision: state === 'declined' ? 'reject' : 'accept' } }
        : {}),
    },
  };
}

/** Numbers from 0 to 1 that are the same every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
