/** @throws Error when the page has no such element: index.html and the script do not fit. */
export const byId = <T extends HTMLElement>(id: string, type: new () => T): T => {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} #${id}`);
};

type Child = Node | string;

/** A new element. Texts become text nodes, so that no data is ever taken for HTML. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = '',
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
};

/** An id as it came: what it does to the direction of text ends with it. */
export const idText = (id: string): HTMLElement => {
  const text = element('bdi', '', id);
  text.title = id;
  return text;
};

export const button = (label: string, onClick: () => void, className = ''): HTMLButtonElement => {
  const made = element('button', className, label);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
};

/** A labelled bar, `share` from 0 to 1; the words say it all, so readers skip the bar. */
export const barItem = (
  label: readonly Child[],
  value: string,
  share: number,
  color: string,
): HTMLLIElement => {
  const fill = element('span', 'fill');
  fill.style.width = `${Math.min(1, share) * 100}%`;
  fill.style.backgroundColor = color;
  const track = element('span', 'track', fill);
  track.setAttribute('aria-hidden', 'true');
  const words = element(
    'div',
    'bar-label',
    element('span', '', ...label),
    element('span', '', value),
  );
  return element('li', '', words, track);
};
