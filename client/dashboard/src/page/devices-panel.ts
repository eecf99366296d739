import type { UserDevice } from '../../../src/index.ts';
import type { Summary } from '../series/summary.ts';
import type { DeviceColors } from './device-colors.ts';
import { barItem, byId, element, idText } from './dom.ts';
import { formatDuration, formatPercent, formatReadings, formatTime } from './format.ts';

const list = byId('devices', HTMLUListElement);
const legend = byId('legend', HTMLUListElement);
const suggestions = byId('known-devices', HTMLDataListElement);

const option = (value: string): HTMLOptionElement => {
  const made = element('option');
  made.value = value;
  return made;
};

/** What there is of each device, and in how much of the time it won. */
export const showDevices = (
  devices: readonly UserDevice[],
  { coveredMs, coveredMsByDevice }: Summary,
  colors: DeviceColors,
): void => {
  const items = devices.map(({ device_id, readings, first, last }) => {
    const wonMs = coveredMsByDevice.get(device_id) ?? 0;
    const share = wonMs / coveredMs;
    const color = `var(--device-${colors.numberOf(device_id)})`;
    const value = `${formatDuration(wonMs)} · ${formatPercent(share)}`;
    const item = barItem([idText(device_id)], value, share, color);
    const words = `${formatReadings(readings)}, ${formatTime(Date.parse(first))} to ${formatTime(Date.parse(last))}`;
    item.append(element('p', 'muted small', words));
    return item;
  });
  list.replaceChildren(...items);
  suggestions.replaceChildren(...devices.map(({ device_id }) => option(device_id)));
};

/** Which colour is whose. */
export const showLegend = (devices: Iterable<string>, colors: DeviceColors): void => {
  const items = [...new Set(devices)].sort().map((device) => {
    const swatch = element('span', `swatch color-${colors.numberOf(device)}`);
    return element('li', '', swatch, idText(device));
  });
  legend.replaceChildren(...items);
};
