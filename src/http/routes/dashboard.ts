import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import * as routes from '../../../generated/routes.ts';
import { packageFileUrl } from '../../package-file.ts';
import type { HttpApp } from '../http-app.ts';
import { lazily } from '../lazily.ts';
import { entityTags } from '../middleware/entity-tags.ts';
import { commonHeaders } from '../responses/common-headers.ts';
import { problem } from '../responses/problem.ts';

/** What the build makes of `client/dashboard`. */
const FOLDER = packageFileUrl('dist/dashboard/');

/** The types of assets that the contract has. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing inline, and nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Dashboard {
  readonly html: string;
  /** By name. Whatever else a path names is not there. */
  readonly assets: ReadonlyMap<string, Asset>;
}

const loadAsset = async (name: string): Promise<[string, Asset]> => {
  const type = TYPES[extname(name)];
  if (type === undefined) throw new Error(`The contract has no type for the asset ${name}`);
  return [name, { type, bytes: new Uint8Array(await readFile(new URL(`assets/${name}`, FOLDER))) }];
};

const loadDashboard = async (): Promise<Dashboard> => {
  const names = await readdir(new URL('assets/', FOLDER));
  return {
    html: await readFile(new URL('index.html', FOLDER), 'utf8'),
    assets: new Map(await Promise.all(names.map(loadAsset))),
  };
};

/** `GET /`, the page for people, and `GET /assets/{name}`, what it loads. */
export const mountDashboard = (app: HttpApp): void => {
  const load = lazily(loadDashboard);

  app.get(routes.getDashboard.path, entityTags);
  app.openapi(routes.getDashboard, async (c) =>
    c.html((await load()).html, 200, {
      ...commonHeaders(c),
      // Another version of the page names other assets, so it is asked for each time.
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': POLICY,
      // The address says whose heart rate is shown.
      'Referrer-Policy': 'no-referrer',
    }),
  );
  app.openapi(routes.getDashboardAsset, async (c) => {
    const { name } = c.req.valid('param');
    const asset = (await load()).assets.get(name);
    if (asset === undefined) {
      return problem(c, 'no-such-path', { detail: 'There is no such path.' });
    }
    return c.body(asset.bytes, 200, {
      ...commonHeaders(c),
      // Its name holds a hash of its content.
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Type': asset.type,
      'Content-Length': String(asset.bytes.byteLength),
    });
  });
};
