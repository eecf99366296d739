import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packageFileUrl, readPackageFile } from '../src/package-file.ts';

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

const parsed = <T>(file: string): T => JSON.parse(readPackageFile(file)) as T;

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}
interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly hasInstallScript?: true; readonly dev?: true }>
  >;
}

test.each(['package.json', 'client/package.json'])('%s names exact versions', (file) => {
  const { dependencies = {}, devDependencies = {} } = parsed<PackageFile>(file);
  const versions = Object.entries({ ...dependencies, ...devDependencies });
  expect(versions.filter(([, version]) => !EXACT.test(version))).toEqual([]);
});

test('install scripts are of tools alone, and each is refused', () => {
  const { allowScripts = {} } = parsed<PackageFile>('package.json');
  const { packages } = parsed<LockFile>('package-lock.json');
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  expect(scripted.filter(([, { dev }]) => dev !== true)).toEqual([]);
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
  const refused = Object.fromEntries(names.map((name) => [name, false]));
  expect(allowScripts).toEqual(refused);
});

/** They do not say it where npm looks: `SEE LICENSE IN…` is none, and Polars is of MIT. */
const SILENT = /^(@garmin\/fitsdk|nodejs-polars-.+)$/;

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
  readonly properties: readonly { readonly name: string }[];
}
interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

let printed: Bom | undefined;
const sbom = (): Bom => {
  const cwd = fileURLToPath(packageFileUrl('.'));
  const options = { cwd, encoding: 'utf8', maxBuffer: 10_000_000 } as const;
  printed ??= JSON.parse(execFileSync('npm', ['run', '--silent', 'sbom'], options)) as Bom;
  return printed;
};

test('npm run sbom tells of each package that the service needs, and of its licence', () => {
  const bom = sbom();
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  const needed = bom.components.filter(
    ({ properties }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  );
  const { dependencies = {} } = parsed<PackageFile>('package.json');
  const named = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  const told = needed.map(({ name, version }) => `${name}@${version}`);
  expect(told).toEqual(expect.arrayContaining(named));
  const unlicensed = needed.filter(({ licenses = [] }) => licenses.length === 0);
  expect(unlicensed.filter(({ name }) => !SILENT.test(name))).toEqual([]);
});

test('… and of the service and its client as their package files do, wherever they are', () => {
  const { metadata, components } = sbom();
  const client = components.find(({ purl }) => purl.includes('/heart-rate-metrics-client@'));
  for (const [file, component] of [
    ['package.json', metadata.component],
    ['client/package.json', client],
  ] as const) {
    const { name, version, license } = parsed<PackageFile>(file);
    const licenses = [{ license: { id: license } }];
    expect(component).toMatchObject({
      name,
      version,
      licenses,
      purl: `pkg:npm/${name}@${version}`,
    });
    expect(readPackageFile('LICENSE')).toMatch(new RegExp(`^${license} License\n`));
  }
  expect(metadata.component.type).toBe('application');
});
