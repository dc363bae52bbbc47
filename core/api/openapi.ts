import * as z from 'zod';
import { ENGINE } from '#core/model/engine.ts';
import type { EndpointSpec } from './door.ts';

/** The OpenAPI 3.1 document of everything that is mounted: paths from the door, shapes of requests from their schemas. */
export function openApiDocument(specs: readonly EndpointSpec[]) {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Record<string, object> = { Problem: PROBLEM };
  for (const spec of specs) {
    const path = spec.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [spec.method]: operation(spec, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fieldwriter',
      version: ENGINE.replace(/^\S+ /, ''),
      description:
        'Policies, quotes and policyholders at the paths of the original platform; our own resources under /api.',
    },
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(spec: EndpointSpec, schemas: Record<string, object>): object {
  const inPath = [...spec.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(spec.query ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  return {
    operationId: `${spec.method} ${spec.path}`.replaceAll(/[^a-zA-Z]+(\w)/g, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    summary: spec.summary,
    tags: [spec.tag],
    parameters: [...inPath, ...inQuery],
    ...(spec.body
      ? { requestBody: { content: { 'application/json': { schema: bodySchema(spec.body, schemas) } } } }
      : {}),
    responses: {
      [spec.status ?? 200]: {
        description: spec.answer,
        content: { 'application/json': { schema: { title: spec.answer } } },
      },
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** A named schema goes to the components and is referred to; an unnamed one stands where it is used. */
function bodySchema(schema: z.ZodType, schemas: Record<string, object>): object {
  const { $schema: _, id: _id, ...json } = z.toJSONSchema(schema, { io: 'input' });
  const name = schema.meta()?.id;
  if (name === undefined) return json;
  schemas[name] = json;
  return { $ref: `#/components/schemas/${name}` };
}

const text = { type: 'string' };
const PROBLEM = {
  type: 'object',
  description: 'RFC 9457, with the members of the original ExceptionResponse beside.',
  required: ['type', 'title', 'status', 'detail', 'code', 'apiErrorCode', 'httpErrorCode', 'httpStatus', 'message'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: text,
    fieldErrors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['fieldName', 'code'],
        properties: {
          fieldName: text,
          code: { enum: ['MISSING', 'INVALID_FIELD', 'INVALID_TYPE', 'INVALID_VALUE'] },
          message: text,
          path: text,
        },
      },
    },
    apiErrorCode: { type: 'integer' },
    httpErrorCode: { type: 'integer' },
    httpStatus: { type: 'integer' },
    message: text,
  },
};
