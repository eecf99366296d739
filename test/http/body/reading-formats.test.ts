import { z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { zHeartRateLines, zHeartRateReading } from '../../../generated/zod/zod.gen.ts';
import { formatsOf } from '../../../src/http/body/reading-formats.ts';

test('the media types are those of the contract, each with the reader of its schema', () => {
  const formats = formatsOf({
    'application/json': { schema: zHeartRateReading },
    'text/lines': { schema: zHeartRateLines },
  });
  expect([...formats.keys()]).toEqual(['application/json', 'text/lines']);
  const line = '{"device_id":"a","user_id":"u","timestamp":"2024-01-15T10:00Z","heart_rate":75}\n';
  expect(formats.get('application/json')?.scan(Buffer.from(line + line))).toBeUndefined();
  expect(formats.get('text/lines')?.scan(Buffer.from(line + line))?.size).toBe(2);
});

test('a media type whose schema is not known is an error at start', () => {
  expect(() => formatsOf({ 'text/csv': { schema: z.string() } })).toThrow(
    'No reader for a body of type text/csv',
  );
});
