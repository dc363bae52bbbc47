import { productOf } from '#core/desk/configurations.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { type Preview, previewRequest } from '#core/policy/preview.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import type { PricePreview, ProductForm, ProductSummary } from '../contract.ts';
import type { Door } from '../door.ts';
import { problemDocument } from '../problem-document.ts';
import { QuoteRequest } from '../schemas.ts';
import { productsOf } from './configurations.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Products';

/** Products as the screens need them, and the live price of a risk that nobody saved. */
export function productResources(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/api/products',
      tag,
      summary: 'The newest deployed version of each product',
      answer: 'ProductSummary[]',
    },
    ({ desk }) => {
      const newest = new Map<string, ProductSummary>();
      for (const product of desk.configurations.list().flatMap(productsOf))
        if (!newest.has(product.name)) newest.set(product.name, product);
      return [...newest.values()].sort((a, b) => a.displayName.localeCompare(b.displayName));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/products/:name',
      tag,
      summary: 'All that a form of the product needs',
      query: { configVersion: 'default the newest' },
      answer: 'ProductForm',
    },
    async ({ desk, param, query }): Promise<ProductForm> => {
      const version = numberIn(query('configVersion'), 'configVersion');
      const deployed = await (version === undefined
        ? desk.configurations.newestOf(param('name'))
        : desk.configurations.version(version));
      return productForm(deployed.configuration, productOf(deployed, param('name')), deployed.record.configVersion);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/products/:name/price',
      tag,
      summary: 'Price and decision of an unsaved risk',
      query: { worksheet: '`false`: without the worksheets, which are most of the answer' },
      body: QuoteRequest,
      answer: 'PricePreview',
    },
    async ({ desk, param, query, body }): Promise<PricePreview> => {
      const { premiumReportName: _p, overrideResourcesAsOfTimestamp: _o, finalize: _f, ...policy } = body.policy;
      return previewAnswer(
        await previewRequest(
          desk,
          {
            policyholder: { values: body.policyholder?.values ?? {} },
            policy: { ...policy, productName: param('name') },
          },
          query('worksheet') === 'false' ? { worksheet: false } : {},
        ),
      );
    },
  );
}

function previewAnswer({
  fieldErrors,
  quote,
  underwriting,
  worksheet,
  underwritingWorksheet,
  problem,
}: Preview): PricePreview {
  return {
    fieldErrors,
    ...(quote ? { price: priceResponse(quote) } : {}),
    ...(underwriting ? { underwriting } : {}),
    ...(worksheet ? { worksheet } : {}),
    ...(underwritingWorksheet ? { underwritingWorksheet } : {}),
    ...(problem ? { problem: problemDocument(problem) } : {}),
  };
}

/** All that a form of the product needs. */
export function productForm(configuration: Configuration, product: Product, configVersion: number): ProductForm {
  const { name, displayName, fields, exposures, documents } = product;
  const everyField = [
    ...configuration.policyholder.fields,
    ...fields,
    ...exposures.flatMap((exposure) => [...exposure.fields, ...exposure.perils.flatMap((peril) => peril.fields)]),
  ];
  return {
    name,
    displayName,
    configVersion,
    currency: configuration.currency,
    timeZone: configuration.timeZone,
    policyholderFields: configuration.policyholder.fields,
    fields,
    exposures: exposures.map((exposure) => ({
      name: exposure.name,
      displayName: exposure.displayName,
      fields: exposure.fields,
      perils: exposure.perils.map(({ name: perilName, displayName: title, fields: perilFields, amounts }) => ({
        name: perilName,
        displayName: title,
        fields: perilFields,
        amounts,
      })),
    })),
    documents: documents.map(({ displayName: title, type, generatingEvent }) => ({
      displayName: title,
      type,
      ...(generatingEvent ? { generatingEvent } : {}),
    })),
    lookups: lookupsOf(configuration, everyField),
  };
}

/** The tables that fields choose from. */
export function lookupsOf({ tables }: Configuration, fields: readonly FieldDefinition[]): ProductForm['lookups'] {
  return Object.fromEntries(
    [...new Set(fields.flatMap(tablesOf))].flatMap((table) => {
      const source = Object.hasOwn(tables, table) ? tables[table] : undefined;
      return source ? [[table, { columns: source.columns, rows: source.rows }]] : [];
    }),
  );
}

function tablesOf(field: FieldDefinition): readonly string[] {
  if (field.type === 'group') return (field.fields ?? []).flatMap(tablesOf);
  return field.type === 'lookup' && field.table !== undefined ? [field.table] : [];
}
