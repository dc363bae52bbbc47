import type { ConflictDetail, ConflictRecordSides, ConflictResolution } from '#core/api/contracts/sync.ts';
import { isRead } from './field-words.ts';

/** Which side is taken of which field, by record and path; what is not named is as `defaultSide` says. */
export type Taken = ReadonlyMap<string, 'theirs' | 'mine'>;
type Field = ConflictRecordSides['fields'][number];
type Place = Pick<ConflictRecordSides, 'type' | 'locator'>;

const nameOf = ({ type, locator }: Place, path: string): string => `${type} ${locator} ${path}`;

/** Where the two sides differ in what people read, clashes first. */
export function differenceOf({ fields }: ConflictRecordSides): readonly Field[] {
  return fields.filter(isRead).sort((a, b) => Number(b.clash) - Number(a.clash));
}

/** What only one side changed is that side's; of a clash what stands stays until somebody says otherwise. */
function defaultSide({ clash, before, theirs }: Field): 'theirs' | 'mine' {
  return !clash && JSON.stringify(before) === JSON.stringify(theirs) ? 'mine' : 'theirs';
}

export function sideOf(taken: Taken, place: Place, field: Field): 'theirs' | 'mine' {
  return taken.get(nameOf(place, field.path)) ?? defaultSide(field);
}

export function withSide(taken: Taken, place: Place, path: string, side: 'theirs' | 'mine'): Taken {
  return new Map(taken).set(nameOf(place, path), side);
}

/** The choice as the workbench takes it: the paths that come from the refused side. */
export function resolutionOf(
  { records }: ConflictDetail,
  choice: ConflictResolution['choice'],
  taken: Taken,
): ConflictResolution {
  if (choice !== 'fields') return { choice };
  const fields = records.flatMap((sides) => {
    const paths = sides.fields.filter((field) => sideOf(taken, sides, field) === 'mine').map(({ path }) => path);
    return paths.length === 0 ? [] : [{ type: sides.type, locator: sides.locator, paths }];
  });
  // Nothing of the refused side is what stands.
  return fields.length === 0 ? { choice: 'theirs' } : { choice, fields };
}
