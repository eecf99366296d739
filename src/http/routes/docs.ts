import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { z } from '@hono/zod-openapi';
import { Scalar } from '@scalar/hono-api-reference';
import * as routes from '../../../generated/routes.ts';
import type { zOpenapiDocument } from '../../../generated/zod/zod.gen.ts';
import { DOCS_SCRIPT } from '../../docs-script.ts';
import { readPackageFile } from '../../package-file.ts';
import { prefersGzip } from '../content-coding.ts';
import { describeWithGuides } from '../guides/guides.ts';
import type { HttpApp, HttpEnv } from '../http-app.ts';
import { lazily } from '../lazily.ts';
import { entityTags } from '../middleware/entity-tags.ts';
import { commonHeaders } from '../responses/common-headers.ts';

const SCRIPT_PATH = routes.getDocsScript.path;

/** Relative to `/docs`, so that a proxy may serve them below a path of its own. */
const relative = (path: string): string => path.slice(1);

/** Scalar takes a relative server for one of the root, so the page's script computes the URL. */
const BASE_URL = 'base-url';
const BASE_URL_SCRIPT = "new URL('.', location.href).href";

const completePage = (html: string): string =>
  html
    // Without an icon, a browser would request /favicon.ico.
    .replace('<head>', '<head><link rel="icon" href="data:,">')
    .replace(JSON.stringify(BASE_URL), BASE_URL_SCRIPT);

/** The samples of the guides have lines of 76 characters; Scalar has room for half as many. */
const GUIDES_STYLE = `
  .introduction-section .section-column:first-child { flex: 1.8 }
  .introduction-section .markdown pre code.hljs { font-size: 12.5px }`;

/** The page. What is switched off here would send requests to the internet. */
const renderPage = Scalar<HttpEnv>({
  pageTitle: 'Heart-rate metrics',
  url: relative(routes.getDocsDocument.path),
  cdn: relative(SCRIPT_PATH),
  servers: [{ url: BASE_URL }],
  customCss: GUIDES_STYLE,
  withDefaultFonts: false,
  agent: { disabled: true },
  telemetry: false,
  defaultOpenAllTags: true,
  showDeveloperTools: 'never',
  hideClientButton: true,
});

/** The page starts with an inline script; its hash allows that one script and no other. */
const pagePolicy = (html: string): string => {
  const inline = [...html.matchAll(/<script[^<>]*>([^<]+)<\/script>/g)].map(([, text = '']) => {
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  });
  return [
    "default-src 'none'",
    ["script-src 'self'", ...inline].join(' '),
    // Scalar writes style elements, hence 'unsafe-inline' here and nowhere else.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

interface Script {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

const loadScript = async (file: URL): Promise<Script> => {
  const plain = new Uint8Array(await readFile(file));
  const compressed = new Uint8Array(await promisify(gzip)(plain));
  const tag = `W/"${createHash('sha256').update(plain).digest('base64url')}"`;
  return { plain, compressed, tag };
};

type OpenapiDocument = z.output<typeof zOpenapiDocument>;

interface DescribedDocument extends OpenapiDocument {
  readonly info: { readonly description: string };
  readonly servers: readonly { readonly url: string }[];
}

/** What the page shows. The service is beside the contract, and one up from this document. */
const pageDocument = ({ info, servers, ...rest }: DescribedDocument): DescribedDocument => ({
  ...rest,
  info: { ...info, description: describeWithGuides(info.description) },
  servers: servers.map((server) => (server.url === '.' ? { ...server, url: '..' } : server)),
});

/** `GET /docs`, what it loads, `/openapi.yaml` and `/openapi.json`. */
export const mountDocs = (app: HttpApp): void => {
  const yaml = readPackageFile('openapi.yaml');
  const document: DescribedDocument = JSON.parse(readPackageFile('generated/openapi.json'));
  const shown = pageDocument(document);
  // 3.5 MB that may never be needed: read and compressed at the first request.
  const script = lazily(() => loadScript(DOCS_SCRIPT));

  app.openapi(routes.getOpenapiYaml, (c) =>
    c.body(yaml, 200, { ...commonHeaders(c), 'Content-Type': 'application/yaml' }),
  );
  app.openapi(routes.getOpenapiJson, (c) => c.json(document, 200, commonHeaders(c)));
  app.openapi(routes.getDocsDocument, (c) => c.json(shown, 200, commonHeaders(c)));
  app.openapi(routes.getDocs, async (c) => {
    const page = (await renderPage(c, async () => {})) as Response;
    const html = completePage(await page.text());
    return c.html(html, 200, {
      ...commonHeaders(c),
      'Content-Security-Policy': pagePolicy(html),
    });
  });
  app.use(SCRIPT_PATH, entityTags);
  app.openapi(routes.getDocsScript, async (c) => {
    const { plain, compressed, tag } = await script();
    const headers = {
      ...commonHeaders(c),
      ETag: tag,
      'Cache-Control': 'public, max-age=3600',
      'Content-Type': 'text/javascript; charset=utf-8',
      Vary: 'Accept-Encoding',
    };
    if (!prefersGzip(c)) return c.body(plain, 200, headers);
    return c.body(compressed, 200, { ...headers, 'Content-Encoding': 'gzip' });
  });
};
