import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { decodeText } from '#core/product/text.ts';
import { casesOfTable } from './case-table.ts';
import type { CaseTest, ProductTest, TestFile } from './contract.ts';
import { PropertyFile } from './property-file.ts';

const TABLE = '.cases.csv';
const PROPERTY = '.property.json';

/** Every test of a product in the order of its files (PT1); what cannot be read is a test that fails (PT2). */
export function testsOf(configuration: Configuration, product: Product): readonly ProductTest[] {
  return testFilesOf(configuration, product).flatMap((file) => testsIn(file));
}

export function isTestFile(path: string): boolean {
  return path.endsWith('.case.json') || path.endsWith(TABLE) || path.endsWith(PROPERTY);
}

/** The tests of one file. */
export function testsIn(given: TestFile): readonly ProductTest[] {
  const { file, product, text } = given;
  const place = { id: file, file, product: product.name, description: '' };
  if (file.endsWith(TABLE)) return casesOfTable(given);
  const json = jsonOf(text, file);
  if (!file.endsWith(PROPERTY)) return [{ ...place, kind: 'case', description: descriptionOf(json), given: json }];
  if (json instanceof Problem) return [{ ...place, kind: 'property', given: json }];
  return [{ ...place, kind: 'property', description: descriptionOf(json), given: propertyOf(json, file) }];
}

function testFilesOf({ files, products, policyholder }: Configuration, product: Product): readonly TestFile[] {
  const folder = product.directory === '' ? 'tests/' : `${product.directory}/tests/`;
  // A configuration of one product may keep its tests at its root, as it may its cases.
  const root = products.length === 1 ? 'tests/' : folder;
  const own = [...files.keys()].filter(
    (path) => (path.endsWith(TABLE) || path.endsWith(PROPERTY)) && (path.startsWith(folder) || path.startsWith(root)),
  );
  return [...new Set([...product.caseFiles, ...own])].sort().map((file) => ({
    file,
    product,
    policyholder: policyholder.fields,
    text: decodeText(files.get(file) ?? new Uint8Array()).text,
  }));
}

function jsonOf(text: string, file: string): JsonValue | Problem {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Problem('malformed-request', `${file} is no JSON: ${reason}.`, { place: { file }, cause });
  }
}

function propertyOf(json: JsonValue, file: string): PropertyFile | Problem {
  const parsed = PropertyFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  return new Problem('malformed-request', `${file} is no property: ${said.join('; ')}.`, { place: { file } });
}

function descriptionOf(json: CaseTest['given']): string {
  if (json instanceof Problem || typeof json !== 'object' || json === null || Array.isArray(json)) return '';
  const { description } = json as JsonObject;
  return typeof description === 'string' ? description : '';
}
