import { panned, type Span, zoomed } from '../view/range.ts';

const PAN_PART = 0.25;
const ZOOM_FACTOR = 0.5;
/** Of one pixel that a wheel is turned. */
const WHEEL_FACTOR = 1.002;

export type Move = 'earlier' | 'later' | 'in' | 'out';

export const moved = (span: Span, move: Move): Span => {
  switch (move) {
    case 'earlier':
      return panned(span, -PAN_PART);
    case 'later':
      return panned(span, PAN_PART);
    case 'in':
      return zoomed(span, ZOOM_FACTOR);
    case 'out':
      return zoomed(span, 1 / ZOOM_FACTOR);
  }
};

const KEYS: Readonly<Record<string, Move>> = {
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  '+': 'in',
  '=': 'in',
  '-': 'out',
};

interface Target {
  span(): Span;
  moveTo(span: Span): void;
  /** Where in the plot, from 0 at its left side to 1. */
  shareAt(clientX: number): number;
}

const onKeys = (root: HTMLElement, target: Target): void => {
  root.addEventListener('keydown', (event) => {
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
    if (move === undefined) return;
    event.preventDefault();
    target.moveTo(moved(target.span(), move));
  });
};

/** A pinch on a touchpad comes as a wheel with Ctrl. Without, a wheel scrolls the page. */
const onWheel = (root: HTMLElement, target: Target): void => {
  const turn = (event: WheelEvent): void => {
    const span = target.span();
    const lengthMs = span.endMs - span.startMs;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const anchorMs = span.startMs + target.shareAt(event.clientX) * lengthMs;
      target.moveTo(zoomed(span, WHEEL_FACTOR ** event.deltaY, anchorMs));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      target.moveTo(panned(span, event.deltaX / root.clientWidth));
    }
  };
  root.addEventListener('wheel', turn, { passive: false });
};

/** One finger moves, two zoom: what is under a finger stays there. */
const onTouch = (root: HTMLElement, target: Target): void => {
  const fingers = new Map<number, number>();
  const middleAndWidth = () => {
    const shares = [...fingers.values()].map((x) => target.shareAt(x));
    return {
      middle: (Math.min(...shares) + Math.max(...shares)) / 2,
      width: Math.max(...shares) - Math.min(...shares),
    };
  };
  root.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') fingers.set(event.pointerId, event.clientX);
  });
  root.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = middleAndWidth();
    fingers.set(event.pointerId, event.clientX);
    const after = middleAndWidth();
    const { startMs, endMs } = target.span();
    const factor = before.width > 0 && after.width > 0 ? before.width / after.width : 1;
    const anchorMs = startMs + before.middle * (endMs - startMs);
    const span = zoomed({ startMs, endMs }, factor, anchorMs);
    target.moveTo(panned(span, before.middle - after.middle));
  });
  const lift = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
  };
  root.addEventListener('pointerup', lift);
  root.addEventListener('pointercancel', lift);
};

/** Lets keys, wheels and fingers move and zoom. */
export const mountGestures = (root: HTMLElement, target: Target): void => {
  onKeys(root, target);
  onWheel(root, target);
  onTouch(root, target);
};
