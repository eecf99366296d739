import { type AcceptedErasure, includesErasure } from '../../../readings/erasure.ts';

/**
 * The erasures that are in force: accepted, and not carried out yet in every part that may hold a
 * reading they void. Until then whoever reads a part has to leave those readings out.
 */
export class PendingErasures {
  /** Of each user, in order of acceptance. */
  readonly #byUser = new Map<string, readonly AcceptedErasure[]>();

  get all(): readonly AcceptedErasure[] {
    return [...this.#byUser.values()].flat();
  }

  get isEmpty(): boolean {
    return this.#byUser.size === 0;
  }

  /** A user's, in order of acceptance. */
  ofUser(userId: string): readonly AcceptedErasure[] {
    return this.#byUser.get(userId) ?? [];
  }

  /**
   * Puts one in force that was accepted after all others. Earlier ones that it includes are in
   * force through it from now on, so that asking for the same again and again takes no more room.
   */
  add(erasure: AcceptedErasure): void {
    const others = this.ofUser(erasure.userId).filter((one) => !includesErasure(erasure, one));
    this.#byUser.set(erasure.userId, [...others, erasure]);
  }

  /** Takes out one that is carried out; what a later one includes went with that one. */
  remove({ userId, sequence }: AcceptedErasure): void {
    const others = this.ofUser(userId).filter((one) => one.sequence !== sequence);
    if (others.length > 0) this.#byUser.set(userId, others);
    else this.#byUser.delete(userId);
  }
}
