import * as z from 'zod';
import { caseDesks } from '#core/lab/tests/case-desk.ts';
import { caseFromQuote } from '#core/lab/tests/case-from-quote.ts';
import type { ProductTest } from '#core/lab/tests/contract.ts';
import { testsOf } from '#core/lab/tests/find-tests.ts';
import { runCase } from '#core/lab/tests/run-case.ts';
import { runProperty } from '#core/lab/tests/run-property.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { saveCopy } from '#core/policy/studio/save.ts';
import { changedSide, type WorkingCopy, workingCopies } from '#core/policy/studio/working-copy.ts';
import { caseReader } from '../case-reader.ts';
import type { LabMadeCase, LabTest, LabTestList, LabTestResult } from '../contracts/lab-tests.ts';
import type { Door } from '../door.ts';
import { workingCopy } from '../studio-schemas.ts';
import { productsOf } from './configurations.ts';

const tag = 'Pricing lab';
const MOST_RISKS = 100;

const LabTests = z.strictObject({ ...workingCopy, product: z.string() }).meta({ id: 'LabTests' });
const LabTestRun = z
  .strictObject({
    ...workingCopy,
    product: z.string(),
    test: z.string(),
    from: z.int().min(0).default(0),
    count: z.int().min(1).max(MOST_RISKS).default(MOST_RISKS),
  })
  .meta({ id: 'LabTestRun' });
const LabCase = z
  .strictObject({
    policy: z.string(),
    quote: z.string().optional(),
    name: z.string().optional(),
    description: z.string().max(500).optional(),
    message: z.string().max(500).optional(),
  })
  .meta({ id: 'LabCase' });

/** Tests of a product: listed, run one by one, made of a quote. Ends what it keeps open with `close`. */
export function labTestResources(door: Door): { close(): Promise<void> } {
  const copies = workingCopies(door.desk);
  const desks = caseDesks(door.desk.sandbox);
  const post = { method: 'post', tag } as const;
  door.on(
    {
      ...post,
      path: '/api/lab/tests/list',
      summary: "A product's tests in a working copy",
      body: LabTests,
      answer: 'LabTestList',
    },
    async ({ body }): Promise<LabTestList> => {
      const { configuration } = await copies.of(body.base, body.changes);
      return { tests: testsOf(configuration, productIn(configuration, body.product)).map(summaryOf) };
    },
  );
  door.on(
    {
      ...post,
      path: '/api/lab/tests/run',
      summary: 'Run one test; of a property some of its risks',
      body: LabTestRun,
      answer: 'LabTestResult',
    },
    async ({ desk, body, context }): Promise<LabTestResult> => {
      const copy = await copies.of(body.base, body.changes);
      const { configuration } = copy;
      const product = productIn(configuration, body.product);
      const test = testsOf(configuration, product).find(({ id }) => id === body.test);
      if (!test) throw new Problem('not-found', `${product.displayName} has no test ${body.test} in this version.`);
      const { signal } = context.req.raw;
      if (test.kind === 'property') {
        const { from, count } = body;
        return runProperty({ desk, side: changedSide(copy, product.name) }, test, { from, count }, signal);
      }
      return desks.with(configuration, (workbench) =>
        runCase({ workbench, timeZone: configuration.timeZone, reader: caseReader(configuration.timeZone) }, test),
      );
    },
  );
  door.on(
    {
      ...post,
      path: '/api/lab/tests/case',
      summary: 'Make a case of a quote, and save it where a message says what for',
      body: LabCase,
      answer: 'LabMadeCase',
    },
    async ({ desk, body, caller }): Promise<LabMadeCase> => {
      const { message, policy, quote, name, description } = body;
      const made = await caseFromQuote(desk, {
        policy,
        ...(quote === undefined ? {} : { quote }),
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
      });
      const { path, text, product } = made;
      if (message === undefined) return { path, text, product };
      const by = caller();
      const { record: newest } = await desk.configurations.newestOf(product);
      const base = await copies.of(newest.configVersion, {});
      refuseTaken(base, path);
      const copy = await copies.of(newest.configVersion, { [path]: text });
      const { record, diagnostics } = await saveCopy(desk, by, copy, message);
      const { configVersion, commit } = record;
      return { path, text, product, deployment: { configVersion, commit, products: productsOf(record), diagnostics } };
    },
  );
  return { close: () => desks.close() };
}

function productIn({ products }: Configuration, name: string): Product {
  const product = products.find((one) => one.name === name);
  if (product) return product;
  throw new Problem(
    'not-found',
    `There is no product "${name}" in it. There are: ${products.map((one) => one.name).join(', ')}.`,
  );
}

/** Another case must not be written over: what it proved would be lost. */
function refuseTaken({ base }: WorkingCopy, path: string): void {
  if (base.configuration.files.has(path))
    throw new Problem('wrong-state', `There is a case ${path} already: give this one another name.`, {
      place: { file: path, field: 'name' },
    });
}

function summaryOf(test: ProductTest): LabTest {
  const { kind, id, file, description } = test;
  if (kind === 'property')
    return {
      kind,
      id,
      file,
      description,
      samples: test.given instanceof Problem ? 1 : test.given.samples,
    };
  return { kind, id, file, description, ...(test.line === undefined ? {} : { line: test.line }) };
}
