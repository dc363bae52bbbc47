import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';

/** A policyholder, a policy and its quote, as the workbench keeps them. */
export interface MadePolicy {
  readonly policyholder: JsonObject;
  readonly policy: JsonObject;
  readonly quote: JsonObject;
}

/** What of a quote is sealed. */
export const QUOTE_PATHS = ['fieldValues', 'exposures.fieldValues', 'exposures.perils.fieldValues'] as const;

const FIRST = ['Anna', 'Ben', 'Chloé', 'David', 'Elif', 'Femi', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kaito', 'Lena'];
const LAST = ['Okafor', 'Müller', "O'Brien", 'Garcia', 'Nowak', 'Smith-Jones', 'Tanaka', 'Rossi', 'Haddad', 'Novák'];
const STREETS = ['Maple Avenue', 'Church Road', 'Harbour View', 'Elm Street', 'Station Lane', 'Kingsway', 'Mill Hill'];
const CITIES = ['Springfield', 'Northwind', 'Riverside', 'Fairview', 'Georgetown', 'Ashland', 'Clifton', 'Dover'];
const MAKES = ['Corolla', 'Golf', 'Fiesta', 'Civic', 'Clio', 'Model 3', 'Octavia', 'Punto', 'Tucson', 'Outback'];
const USES = ['commute', 'pleasure', 'business', 'farm'];
const PERILS = ['bodily_injury', 'property_damage', 'collision', 'comprehensive'];
const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/**
 * Policy `index` of a made book: always the same one for the same index, different from every other in names, places and identifiers.
 * @param bytes how long the quote is as canonical text, about
 */
export function madePolicy(index: number, bytes: number): MadePolicy {
  const random = randomOf(index);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const number = (below: number): string => String(Math.floor(random() * below));
  const createdAt = START + index * 1_000;
  const locator = (what: string): string => locatorOf(`${index} ${what}`, createdAt);
  const name = { first_name: [pick(FIRST)], last_name: [`${pick(LAST)}${index % 977}`] };
  const address = {
    street: [`${number(999)} ${pick(STREETS)}`],
    city: [pick(CITIES)],
    zip: [number(99_999).padStart(5, '0')],
  };
  const at = { createdAt, updatedAt: createdAt };
  const product = { productName: 'personal-auto', currency: 'USD' };
  const policyholder = {
    locator: locator('policyholder'),
    ...at,
    completed: true,
    entity: { values: { ...name, ...address, email: [`${number(1e9)}@example.com`], phone: [number(1e10)] } },
  };
  const policy = {
    locator: locator('policy'),
    displayId: locator('policy'),
    policyholderLocator: policyholder.locator,
    configVersion: 1,
    ...product,
    ...at,
    quoteLocator: locator('quote'),
  };
  const driver = (which: string) => ({
    ...row(locator, which),
    name: 'driver',
    ...fields({ ...name, birth_date: [`19${number(99).padStart(2, '0')}-04-12`], licence: [number(1e9)] }),
    perils: [],
  });
  const vehicle = (which: string) => ({
    ...row(locator, which),
    name: 'vehicle',
    ...fields({
      vin: [`${number(1e9)}${number(1e8)}`],
      make: [pick(MAKES)],
      year: [`20${number(26).padStart(2, '0')}`],
      use: [pick(USES)],
      annual_mileage: [number(30_000)],
      garaging_zip: address.zip,
      value: [number(60_000)],
    }),
    perils: PERILS.slice(0, 1 + Math.floor(random() * PERILS.length)).map((peril) => ({
      ...row(locator, `${which} ${peril}`),
      renewalGroup: locator(`${which} ${peril} renewal`),
      name: peril,
      amounts: { deductible: number(1_000), indemnityPerEvent: number(1e6) },
      ...fields({ limit: [number(1e6)], deductible: [number(1_000)] }),
    })),
  });
  const quote = {
    locator: policy.quoteLocator,
    name: 'Quote 1',
    policyLocator: policy.locator,
    policyholderLocator: policyholder.locator,
    ...product,
    state: 'draft',
    ...at,
    contractStart: createdAt,
    contractEnd: createdAt + 365 * DAY,
    row: locator('row'),
    modification: locator('modification'),
    ...fields({ ...address, credit_tier: [number(5)], prior_claims: [number(4)], channel: ['broker'] }),
    exposures: [driver('driver 1')] as JsonObject[],
  };
  let length = canonicalJson(quote).length;
  for (let vehicles = 1; length < bytes - 600; vehicles += 1) {
    const more = vehicle(`vehicle ${vehicles}`);
    quote.exposures.push(more);
    length += canonicalJson(more).length + 1;
  }
  return { policyholder, policy, quote };
}

/** The same identifier for the same name: a UUID v7, in the order of time as locators are. @param at milliseconds */
export function locatorOf(name: string, at: number): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function row(locator: (what: string) => string, which: string) {
  return { locator: locator(which), row: locator(`${which} row`), modification: locator(`${which} modification`) };
}

function fields(fieldValues: Readonly<Record<string, readonly string[]>>) {
  return { fieldValues, fieldGroupsByLocator: {} };
}

/** Numbers from 0 up to 1 that follow from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
