import { byId } from './dom.ts';
import { keepTheme, keptTheme, type Theme, themeOf } from './settings.ts';

/** Light, dark, or what the system prefers. */
const apply = (theme: Theme): void => {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};

/** Before anything is drawn: a canvas keeps the colours that it was drawn with. */
export const applyKeptTheme = (): void => apply(keptTheme());

/** `onChange` is called after each change of colours. */
export const mountTheme = (onChange: () => void): void => {
  const select = byId('theme', HTMLSelectElement);
  select.value = keptTheme();
  select.addEventListener('change', () => {
    const theme = themeOf(select.value);
    keepTheme(theme);
    apply(theme);
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
};

/** The colour that a custom property has now, as a canvas understands it. */
export const colorOf = (property: string): string => {
  const probe = document.createElement('i');
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};
