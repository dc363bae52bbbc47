import { describe, expect, it } from 'vitest';
import { keptLog } from './kept-log.ts';

const kept = (message: string, details: Parameters<ReturnType<typeof keptLog>['log']>[1]) => {
  const said: unknown[] = [];
  const log = keptLog(
    (...line) => said.push(line),
    () => 7,
  );
  log.log(message, details);
  return { lines: log.lines(), said };
};

describe('the log that a support bundle takes its lines from', () => {
  it('passes every line on whole', () => {
    const details = { error: 'Error: Ada', complaint: 'Ada' };
    expect(kept('It broke', details).said).toEqual([['It broke', details]]);
  });

  it('keeps of an error its kind and the places in our code, never its words', () => {
    const error = [
      'TypeError: "Ada Marsh" is no number',
      '    at price (file:///home/ada/fieldwriter/core/policy/rate.ts:12:3)',
      '    at new Risk (/opt/Ada Marsh/core/policy/risk.ts:40:1)',
      '    at node:internal/process/task_queues:105:5',
    ].join('\n');
    expect(kept('It broke', { error }).lines).toEqual([
      {
        at: 7,
        message: 'It broke',
        details: { error: { kind: 'TypeError', at: ['core/policy/rate.ts:12', 'core/policy/risk.ts:40'] } },
        withheld: [],
      },
    ]);
  });

  it('takes the names out of a path, and leaves out what it does not know', () => {
    const reference = '0198c7a0-0000-7000-8000-000000000000';
    const path = '/policy/0198c7a0-0000-7000-8000-000000000001/finalize/Ada Marsh';
    const [line] = kept('It broke', { reference, path, complaint: 'Ada', policy: '1', error: 3 }).lines;
    expect(line).toMatchObject({
      details: { reference, path: '/policy/:x/finalize/:x' },
      withheld: ['complaint', 'policy', 'error'],
    });
  });

  it('forgets the oldest lines', () => {
    const log = keptLog(
      () => {},
      () => 0,
    );
    for (let line = 0; line < 250; line += 1) log.log(`Line ${line}`);
    expect(log.lines().map(({ message }) => message)).toEqual(Array.from({ length: 200 }, (_, i) => `Line ${i + 50}`));
  });
});
