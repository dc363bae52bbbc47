import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { diffLines, withContext } from '#core/model/line-diff.ts';
import { text } from '../../app/text.ts';

/** The lines that differ between two texts, with some around them; a sign says what the colour says. */
export function DiffView({
  before,
  after,
  label,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}) {
  const lines = useMemo(() => withContext(diffLines(before, after)), [before, after]);
  if (lines.every((line) => line === null || line.kind === 'same'))
    return (
      <Text size="sm" c="dimmed">
        {text.studio.diff.same}
      </Text>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className="studio-diff" aria-label={label} tabIndex={0}>
      <table>
        <tbody>
          {lines.map((line, index) =>
            line === null ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: a comparison never changes in place
              <tr key={index} className="skipped">
                <td colSpan={3}>{text.studio.diff.skipped}</td>
              </tr>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a comparison never changes in place
              <tr key={index} className={line.kind}>
                <td className="number">{line.after ?? line.before}</td>
                <td className="sign">
                  {line.kind === 'same' ? null : (
                    <>
                      <span aria-hidden>{line.kind === 'added' ? '+' : '−'}</span>
                      <span className="visually-hidden">{text.studio.diff[line.kind]}</span>
                    </>
                  )}
                </td>
                <td className="text">{line.text}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
