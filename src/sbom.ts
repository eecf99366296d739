/** `npm run sbom`: prints what the service is made of, as CycloneDX 1.5. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageFileUrl } from './package-file.ts';

interface Component {
  name: string;
  readonly purl: string;
}

/** A package URL is `pkg:npm/%40scope/name@version`. */
const nameIn = (purl: string): string =>
  decodeURIComponent(purl.replace(/^pkg:npm\//, '').replace(/@[^@]*$/, ''));

const args = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const text = execFileSync('npm', ['sbom', ...args], {
  cwd: fileURLToPath(packageFileUrl('.')),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  shell: process.platform === 'win32',
});
const bom: { metadata: { component: Component }; components: Component[] } = JSON.parse(text);
// npm calls this package and its workspaces by the folders that they happen to be in.
for (const component of [bom.metadata.component, ...bom.components]) {
  component.name = nameIn(component.purl);
}
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
