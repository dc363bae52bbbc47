import { Radio, Text } from '@mantine/core';
import { useId, useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { ConflictRecordSides } from '#core/api/contracts/sync.ts';
import { text } from '../../app/text.ts';
import { differenceOf, sideOf, type Taken, withSide } from './conflict-taken.ts';
import { fieldWords, valueWords } from './field-words.ts';
import { recordTitle } from './words.ts';

const words = text.sync.conflicts;
/** What only one side changed is folded behind so many lines: the clashes are what somebody came for. */
const MOST_CALM = 6;

interface FieldsProps {
  readonly sides: ConflictRecordSides;
  readonly product: ProductForm | undefined;
  /** Whether one is taken of each. */
  readonly choosing: boolean;
  readonly taken: Taken;
  readonly onTake: (taken: Taken) => void;
}

/** A record field by field: what both came from, what stands, what was refused; clashes are marked. */
export function ConflictFields({ sides, product, choosing, taken, onTake }: FieldsProps) {
  const [all, setAll] = useState(false);
  const id = useId();
  const fields = differenceOf(sides);
  if (fields.length === 0) return null;
  const calm = fields.filter(({ clash }) => !clash).length;
  const shown = all || calm <= MOST_CALM ? fields : fields.slice(0, fields.length - calm + MOST_CALM);
  const zone = product?.timeZone ?? 'UTC';
  const gone = sides.theirs === null || sides.mine === null;
  return (
    <div className="conflict-record">
      <Text size="xs" c="dimmed" id={id}>
        {recordTitle(sides)}
        {gone ? ` · ${sides.theirs === null ? words.standing : words.refused}: ${words.gone.toLowerCase()}` : ''}
      </Text>
      <table className="conflict-fields" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            <th scope="col">{words.before}</th>
            <th scope="col">{words.standing}</th>
            <th scope="col">{words.refused}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((field) => {
            const { path, clash } = field;
            const name = fieldWords(path, sides, product);
            const side = sideOf(taken, sides, field);
            const cell = (which: 'theirs' | 'mine') => {
              const value = valueWords(field[which], path, zone);
              if (!choosing)
                return <Value words={value} changed={JSON.stringify(field[which]) !== JSON.stringify(field.before)} />;
              return (
                <Radio
                  size="xs"
                  name={`${id} ${path}`}
                  aria-label={`${words.take(name)}: ${value}`}
                  label={value}
                  checked={side === which}
                  onChange={() => onTake(withSide(taken, sides, path, which))}
                />
              );
            };
            return (
              <tr key={path} data-clash={clash}>
                <th scope="row">
                  {name}
                  {clash ? <span className="conflict-clash">{words.clash}</span> : null}
                </th>
                <td>
                  <Value words={valueWords(field.before, path, zone)} changed={false} />
                </td>
                <td data-taken={choosing && side === 'theirs'}>{cell('theirs')}</td>
                <td data-taken={choosing && side === 'mine'}>{cell('mine')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {shown.length < fields.length ? (
        <button type="button" className="conflict-more" onClick={() => setAll(true)}>
          {words.more(fields.length - shown.length)}
        </button>
      ) : null}
    </div>
  );
}

function Value({ words: said, changed }: { readonly words: string; readonly changed: boolean }) {
  if (said === words.nothing) return <span className="conflict-nothing">{said}</span>;
  return changed ? <ins>{said}</ins> : <span>{said}</span>;
}
