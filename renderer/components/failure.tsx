import { Alert, Text } from '@mantine/core';
import { Refusal } from '../app/client.ts';
import { text } from '../app/text.ts';

/** A failure as a sentence: what happened, where, and the technical part one click below. */
export function Failure({ error }: { readonly error: Error }) {
  const problem = error instanceof Refusal ? error.problem : undefined;
  const fields = problem?.fieldErrors ?? [];
  return (
    <Alert color="red" title={problem?.title ?? text.errors.title} role="alert" my="sm">
      <Text size="sm">{error.message}</Text>
      {fields.length > 0 ? (
        <ul className="notes">
          {fields.map((field) => (
            <li key={`${field.path ?? ''}${field.fieldName}`}>
              {[field.path, field.fieldName].filter(Boolean).join(' ')}: {field.message}
            </li>
          ))}
        </ul>
      ) : null}
      {problem ? (
        <details>
          <summary>{text.errors.technical}</summary>
          <pre className="technical">{JSON.stringify(problem, null, 2)}</pre>
        </details>
      ) : null}
    </Alert>
  );
}

/** A screen that could not be opened at all. */
export function FailedPage({ error }: { readonly error: Error }) {
  return (
    <main className="page">
      <Failure error={error} />
    </main>
  );
}
