/**
 * A ceiling: what Hono and Zod cost alone. The contract's own schemas parse and validate, nothing
 * is stored, counted or logged.
 */
import { serve } from '@hono/node-server';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type * as GeneratedSchemas from '../../../generated/zod/zod.gen.ts';

// As the service runs them: compiled, not as the loader of this file would translate them.
const compiled = new URL('../../../dist/generated/zod/zod.gen.js', import.meta.url);
const schemas = (await import(compiled.href)) as typeof GeneratedSchemas;

/** The router validates asynchronously, which is slower; a ceiling should not be low. */
const answeringAtOnce = <S extends z.ZodType>(schema: S): S => {
  schema.safeParseAsync = async (body, params) => schema.safeParse(body, params);
  return schema;
};

const accepting = (path: string, schema: z.ZodType) =>
  createRoute({
    method: 'post',
    path,
    request: {
      body: {
        required: true,
        content: { 'application/json': { schema: answeringAtOnce(schema) } },
      },
    },
    responses: {
      200: {
        description: 'Accepted.',
        content: { 'application/json': { schema: z.object({ status: z.string() }) } },
      },
    },
  });

const app = new OpenAPIHono();
const single = accepting('/metrics/heart-rate', schemas.zHeartRateReading);
app.openapi(single, (c) => {
  c.req.valid('json');
  return c.json({ status: 'accepted' }, 200);
});
const batch = accepting('/metrics/heart-rate/batch', schemas.zHeartRateBatch);
app.openapi(batch, (c) => {
  c.req.valid('json');
  return c.json({ status: 'accepted' }, 200);
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send?.(port));
