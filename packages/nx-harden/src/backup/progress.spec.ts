import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { duration, megabytes, Progress } from './progress';

describe('progress', () => {
  let written: string[] = [];
  beforeEach(() => {
    written = [];
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => vi.useRealTimers());
  const output = (isTTY: boolean) => ({ isTTY, write: (text: string) => void written.push(text) });

  it('is a line now and then in a log, with amounts and an end in sight', () => {
    const progress = new Progress(output(false), 'dumped');
    progress.expect(1e9);
    progress.at('public.posts');
    for (let second = 0; second < 25; second++) {
      progress.add(20e6);
      vi.advanceTimersByTime(1000);
    }
    progress.stop();
    expect(written).toHaveLength(3);
    expect(written[0]).toBe('  40 MB dumped of about 1.0 GB (4 %), 20 MB/s, 2.0 s, about 48 s left, at public.posts\n');
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(3);
  });

  it('is one line of a terminal, and a message goes above it', () => {
    const progress = new Progress(output(true), 'dumped');
    vi.advanceTimersByTime(2500);
    progress.say('hello');
    progress.stop();
    expect(written.join('').split('\r\u001b[K').slice(1)).toEqual([...Array(3).fill(expect.stringMatching(/^ {2}0\.0 MB dumped.* s$/)), 'hello\n']);
  });

  it('is nothing for what is over at once', () => {
    const progress = new Progress(output(false), 'dumped');
    vi.advanceTimersByTime(1500);
    progress.stop();
    expect(written).toEqual([]);
  });
});

it('amounts are for people', () => {
  expect([1234, 9.4e6, 32e6, 1.54e9].map(megabytes)).toEqual(['0.0 MB', '9.4 MB', '32 MB', '1.5 GB']);
  expect([840, 12_000, 200_000, 7_500_000].map(duration)).toEqual(['0.8 s', '12 s', '3 min 20 s', '2 h 5 min']);
});
