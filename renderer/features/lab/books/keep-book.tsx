import { Button, FileInput, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeptBook } from '#core/api/contracts/lab-rating.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { bookInFile } from '../impact/book-choice.tsx';

const names = text.labBooks;

interface KeepBookProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onKept: (book: KeptBook) => void;
}

/** Takes a file in as a book that stays, with what its columns mean. */
export function KeepBook({ opened, onClose, onKept }: KeepBookProps) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [map, setMap] = useState<File | null>(null);
  const keep = useMutation({
    mutationFn: async (chosen: File) => call<KeptBook>('POST', '/api/lab/books', await bookInFile(chosen, map)),
    onSuccess: async (book) => {
      toast(names.keptDone(book.name));
      setFile(null);
      setMap(null);
      await queries.invalidateQueries({ queryKey: ['lab-books'] });
      onKept(book);
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={names.add}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file) keep.mutate(file);
        }}
      >
        <FileInput label={names.file} accept=".csv,.ndjson,.jsonl,.gz" required value={file} onChange={setFile} />
        <FileInput
          label={names.map}
          description={names.mapHint}
          accept=".json"
          clearable
          mt="sm"
          value={map}
          onChange={setMap}
        />
        {keep.error ? <Failure error={keep.error} /> : null}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
          <Button type="submit" disabled={!file} loading={keep.isPending}>
            {names.keep}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
