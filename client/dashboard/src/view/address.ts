import { formatView, parseView, type View } from './view.ts';

/** Moves of the chart that follow each other so closely are one step of the history. */
const SAME_MOVE_MS = 1_500;

/** The view in the page's address, so that a reload, a link and the history's buttons keep it. */
export class Address {
  #movedAtMs = Number.NEGATIVE_INFINITY;

  view(): View {
    return parseView(location.search);
  }

  /** A step of the history, unless the address says so already. */
  push(view: View): void {
    const address = formatView(view);
    if (address === location.search) return;
    this.#movedAtMs = Number.NEGATIVE_INFINITY;
    history.pushState(null, '', address);
  }

  /** Of a gesture that may have many parts: one step in all. */
  move(view: View): void {
    const nowMs = performance.now();
    if (nowMs - this.#movedAtMs < SAME_MOVE_MS) history.replaceState(null, '', formatView(view));
    else this.push(view);
    this.#movedAtMs = nowMs;
  }

  /** Says what is shown in the place of what the address asked for. */
  correct(view: View): void {
    history.replaceState(null, '', formatView(view));
  }

  onReturn(show: (view: View) => void): void {
    addEventListener('popstate', () => {
      this.#movedAtMs = Number.NEGATIVE_INFINITY;
      show(this.view());
    });
  }
}
