import { INTERVAL_MS, type Interval } from '../series/interval.ts';
import type { Point } from '../series/points.ts';
import {
  areLimits,
  DEFAULT_LIMITS,
  timeInZones,
  type Zone,
  type ZoneLimits,
} from '../series/zones.ts';
import { barItem, byId, element } from './dom.ts';
import { formatDuration, formatPercent, intervalAdjective } from './format.ts';
import { keepZoneLimits, zoneLimits } from './settings.ts';

const list = byId('zones', HTMLUListElement);
const note = byId('zones-note', HTMLParagraphElement);
const form = byId('zone-form', HTMLFormElement);
const inputs = byId('zone-inputs', HTMLDivElement);
const error = byId('zone-error', HTMLParagraphElement);
const edit = byId('edit-zones', HTMLButtonElement);

const rangeOf = ({ fromBpm, toBpm }: Zone): string => {
  if (fromBpm === undefined) return `under ${toBpm}`;
  return toBpm === undefined ? `${fromBpm} and more` : `${fromBpm} to under ${toBpm}`;
};

const zoneItem = (zone: Zone, index: number): HTMLLIElement =>
  barItem(
    [zone.name, ' ', element('span', 'muted', rangeOf(zone))],
    `${formatDuration(zone.ms)} · ${formatPercent(zone.share)}`,
    zone.share,
    `var(--zone-${index})`,
  );

const limitInput = (limit: number, index: number): HTMLElement => {
  const input = element('input');
  input.type = 'number';
  input.min = '30';
  input.max = '220';
  input.value = String(limit);
  return element('label', '', `Zone ${index + 1} from`, input);
};

/** How long the heart was in which zone, and the form for where zones begin. */
export const mountZones = (): { show(points: readonly Point[], interval: Interval): void } => {
  let shown: { points: readonly Point[]; interval: Interval } = { points: [], interval: '1m' };
  const render = (): void => {
    const { points, interval } = shown;
    const zones = timeInZones(points, INTERVAL_MS[interval], zoneLimits());
    list.replaceChildren(...zones.map(zoneItem).reverse());
    note.textContent = `By ${intervalAdjective(interval)} means. The limits stay in this browser.`;
  };
  const open = (isOpen: boolean): void => {
    form.hidden = !isOpen;
    edit.setAttribute('aria-expanded', String(isOpen));
    error.textContent = '';
    inputs.replaceChildren(...zoneLimits().map(limitInput));
  };
  const keep = (limits: ZoneLimits): void => {
    keepZoneLimits(limits);
    open(false);
    edit.focus();
    render();
  };
  edit.addEventListener('click', () => open(form.hidden));
  byId('reset-zones', HTMLButtonElement).addEventListener('click', () => keep(DEFAULT_LIMITS));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const limits = [...inputs.querySelectorAll('input')].map((input) => input.valueAsNumber);
    if (areLimits(limits)) keep(limits);
    else error.textContent = 'Five limits from 30 to 220, each larger than the one before.';
  });
  return {
    show(points, interval) {
      shown = { points, interval };
      render();
    },
  };
};
