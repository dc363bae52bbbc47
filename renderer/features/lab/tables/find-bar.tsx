import { Button, CloseButton, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { findNext, replaceAll } from '#core/model/rate-table/block.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import type { Corner, TableSession } from './session.ts';

const names = text.labTables.find;

interface FindBarProps {
  readonly session: TableSession;
  readonly onGo: (to: Corner) => void;
  readonly onClose: () => void;
}

/** Finds and replaces over the whole table, however long. */
export function FindBar({ session, onGo, onClose }: FindBarProps) {
  const [wanted, setWanted] = useState('');
  const [by, setBy] = useState('');
  const { table } = session;
  const find = (backwards: boolean): void => {
    if (wanted === '') return;
    const { row: position, column } = session.active;
    const found = findNext(table, { text: wanted }, { position, column }, backwards);
    if (found) onGo({ row: found.position, column: found.column });
    else toast(names.none);
  };
  const replace = (): void => {
    const edit = replaceAll(table, { text: wanted }, by);
    session.edit(edit);
    toast(edit ? names.replaced(edit.rows.length) : names.none, edit ? () => session.undo() : undefined);
  };
  return (
    <Group
      gap={6}
      className="find-bar"
      role="search"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <TextInput
        aria-label={names.text}
        placeholder={names.text}
        value={wanted}
        data-autofocus
        ref={(input) => {
          if (input && document.activeElement !== input && wanted === '') input.focus();
        }}
        onChange={(event) => setWanted(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey);
        }}
      />
      <Button variant="default" onClick={() => find(true)}>
        {names.previous}
      </Button>
      <Button variant="default" onClick={() => find(false)}>
        {names.next}
      </Button>
      <TextInput
        aria-label={names.by}
        placeholder={names.by}
        value={by}
        onChange={(event) => setBy(event.currentTarget.value)}
      />
      <Button variant="default" disabled={wanted === ''} onClick={replace}>
        {names.all}
      </Button>
      <CloseButton aria-label={names.close} onClick={onClose} />
    </Group>
  );
}
