import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { useRef } from 'react';
import type { Board as BoardAnswer, BoardColumn, RiskSummary } from '#core/api/contracts/desk.ts';
import { call } from '../../app/client.ts';
import { money } from '../../app/format.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import type { CellContext } from './columns.tsx';
import { useCellContext } from './risk-list.tsx';
import { RISKS } from './use-risks.ts';

/** The risks by what is to be done with them next; arrows walk the cards, Enter opens one. */
export function Board({ onColumn }: { readonly onColumn: (column: BoardColumn) => void }) {
  const { data, error } = useQuery({
    queryKey: [RISKS, 'board'],
    queryFn: ({ signal }) => call<BoardAnswer>('GET', '/api/risks/board', undefined, signal),
  });
  const context = useCellContext();
  const board = useRef<HTMLElement>(null);
  const walk = (event: KeyboardEvent): void => {
    const card = (event.target as Element).closest('.board-card');
    const column = card?.closest('.board-column');
    if (!board.current || !card || !column) return;
    const next = neighbour(board.current, column, card, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  if (error) return <Failure error={error} />;
  if (!data) return <Skeleton height="100%" />;
  return (
    <section ref={board} className="board" aria-label={text.desk.board} onKeyDown={walk}>
      {data.columns.map(({ name, total, rows }) => {
        const days = name === 'issued' ? data.issuedDays : name === 'expiring' ? data.expiringDays : undefined;
        return (
          <section key={name} className="board-column" aria-label={text.desk.boardColumns[name]}>
            <header>
              <h2>
                {text.desk.boardColumns[name]}{' '}
                <span className="board-count">{new Intl.NumberFormat().format(total)}</span>
              </h2>
              <p className="desk-quiet">
                {days !== undefined && (name === 'issued' || name === 'expiring')
                  ? text.desk.boardPeriod[name](days)
                  : text.desk.boardNext[name]}
              </p>
            </header>
            <ul>
              {rows.map((risk) => (
                <li key={risk.locator}>
                  <Card risk={risk} column={name} context={context} />
                </li>
              ))}
            </ul>
            {rows.length === 0 ? <p className="board-none">{text.desk.boardEmpty}</p> : null}
            {total > rows.length ? (
              <button type="button" className="board-more" onClick={() => onColumn(name)}>
                {text.desk.boardMore(total - rows.length)}
              </button>
            ) : null}
          </section>
        );
      })}
    </section>
  );
}

interface CardProps {
  readonly risk: RiskSummary;
  readonly column: BoardColumn;
  readonly context: CellContext;
}

function Card({ risk, column, context }: CardProps) {
  const { locator, insured, productName, premium, currency, start, end, missing, open, items } = risk;
  return (
    <a className="board-card" href={address({ screen: 'policy', locator })}>
      <span className="board-line">
        <strong>{insured || text.desk.unnamed}</strong>
        <span className="board-premium">{premium === undefined ? '' : money(premium, currency)}</span>
      </span>
      <span className="board-items desk-quiet">
        {[context.product(productName), items].filter((part) => part !== '').join(' · ')}
      </span>
      <span className="desk-quiet board-date">
        {column === 'expiring' ? text.desk.boardEnd(context.day(end)) : text.desk.boardStart(context.day(start))}
      </span>
      {missing.map((code) => (
        <span key={code} className="board-missing">
          {text.desk.missing[code]}
        </span>
      ))}
      {open ? <span className="board-open">{text.desk.open(open.kind, open.state)}</span> : null}
    </a>
  );
}

/** The card in the direction of a key: up and down within a column, left and right to the same height of the next one. */
function neighbour(board: Element, column: Element, card: Element, key: string): HTMLElement | undefined {
  const cardsOf = (of: Element): HTMLElement[] => [...of.querySelectorAll<HTMLElement>('.board-card')];
  const cards = cardsOf(column);
  const at = cards.indexOf(card as HTMLElement);
  if (key === 'ArrowDown') return cards[at + 1];
  if (key === 'ArrowUp') return cards[at - 1];
  if (key === 'Home') return cards[0];
  if (key === 'End') return cards.at(-1);
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const columns = [...board.querySelectorAll('.board-column')].filter((one) => cardsOf(one).length > 0);
  const next = columns[columns.indexOf(column) + (key === 'ArrowRight' ? 1 : -1)];
  const beside = next ? cardsOf(next) : [];
  return beside[Math.min(at, beside.length - 1)];
}
