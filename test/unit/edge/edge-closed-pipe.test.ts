import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { allowClosedPipe } from '../../../edge/cli/closed-pipe.ts';

it('ignores a pipe that its reader closed, and no other failure', () => {
  const stream = new PassThrough();
  const closed = vi.fn();
  allowClosedPipe(closed, stream);
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(closed).toHaveBeenCalledOnce();
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  expect(() => stream.emit('error', full)).toThrow(full);
});
