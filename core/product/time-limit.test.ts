import { expect, it } from 'vitest';
import { withinTime } from './time-limit.ts';

it('F5 a form that never ends is stopped, and the next one works', () => {
  const endless = () => /^(?:(a+)+b)$/.test('a'.repeat(60));
  expect(() => withinTime('The fields of motor', endless, 50)).toThrow(
    expect.objectContaining({ code: 'invalid-configuration', message: expect.stringContaining('fields of motor') }),
  );
  expect(withinTime('The fields of motor', () => /^a+$/.test('aaa'), 50)).toBe(true);
});

it('F5 work within limited work is limited too, and what it throws comes through as it is', () => {
  const fault = new TypeError('its own');
  const failing = () =>
    withinTime('inner', () =>
      withinTime('innermost', () => {
        throw fault;
      }),
    );
  expect(failing).toThrow(fault);
});
