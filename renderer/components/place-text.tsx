import type { Place } from '#core/model/problem.ts';

/** File and line of a configuration, short; the whole path on hover. */
export function PlaceText({ place }: { readonly place: Place | undefined }) {
  if (!place?.file) return null;
  const name = place.file.slice(place.file.lastIndexOf('/') + 1);
  return (
    <span className="step-place" title={place.file}>
      {place.line ? `${name}:${place.line}` : name}
    </span>
  );
}
