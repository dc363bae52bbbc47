import { Badge, Button, Radio, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConflictChoice, ConflictDetail } from '#core/api/contracts/sync.ts';
import { Decimal } from '#core/model/decimal.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { change, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { resolutionOf, type Taken } from './conflict-taken.ts';

const words = text.sync.conflicts;
type Choice = ConflictChoice['choice'];

interface ResolveProps {
  readonly conflict: ConflictDetail;
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
  readonly taken: Taken;
}

/** What is to be: each choice with what it means and what it comes to, the recommended one chosen already. */
export function Resolve({ conflict, choice, onChoice, taken }: ResolveProps) {
  const queries = useQueryClient();
  const resolve = useMutation({
    mutationFn: () =>
      call<ConflictDetail>(
        'POST',
        `/api/sync/conflicts/${encodeURIComponent(conflict.locator)}/resolve`,
        resolutionOf(conflict, choice, taken),
      ),
    onSuccess: async () => {
      toast(words.resolvedToast);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'failure' });
    },
  });
  const possible = conflict.choices.filter((one) => one.possible);
  const chosen = possible.some((one) => one.choice === choice);
  useActions(words.title, [
    ...possible.map((one, index) => ({
      label: words.choices[one.choice],
      keys: String(index + 1),
      run: () => onChoice(one.choice),
    })),
    ...(chosen ? [{ label: words.resolve, keys: 'mod+enter', run: () => resolve.mutate() }] : []),
  ]);
  return (
    <section className="conflict-choices" aria-label={words.choicesTitle}>
      {conflict.choices.map((one) => (
        <Radio
          key={one.choice}
          size="xs"
          name={`resolve ${conflict.locator}`}
          disabled={!one.possible}
          checked={one.possible && one.choice === choice}
          onChange={() => onChoice(one.choice)}
          label={
            <>
              {words.choices[one.choice]}
              {one.recommended ? (
                <Badge size="xs" variant="light" color="teal" ml="xs">
                  {words.recommended}
                </Badge>
              ) : null}
              <Effect choice={one.choice} premium={conflict.premium} />
            </>
          }
          description={words.whys[one.why]}
        />
      ))}
      <div>
        <Button loading={resolve.isPending} disabled={!chosen} onClick={() => resolve.mutate()}>
          {words.resolve}
        </Button>
      </div>
      {resolve.error ? <Failure error={resolve.error} /> : null}
    </section>
  );
}

/** What a choice comes to in money, beside what stands. By field nobody knows before it is priced again. */
function Effect({ choice, premium }: { readonly choice: Choice; readonly premium: ConflictDetail['premium'] }) {
  if (!premium || choice === 'fields') return null;
  const { currency, theirs, mine } = premium;
  if (choice === 'theirs') return <Text span c="dimmed" size="xs">{` · ${money(theirs, currency)}`}</Text>;
  return (
    <Text span c="dimmed" size="xs">
      {` · ${money(mine, currency)} (${change(new Decimal(mine).minus(theirs).toFixed(), currency)})`}
    </Text>
  );
}
