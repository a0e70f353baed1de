// How deep the stacks get that the core's loader makes in the module's memory, one for each function that waits.

/** StackSize of internal/lock, but for what lies above the end that it returns. */
const SIZE = 8192 - 16;

export class Stacks {
  #ends = [];
  #memory;

  /** Returns a core's exports, of which this one sees who asks for a stack. */
  watch(exports) {
    if (!exports.postern_stack) return exports;
    this.#memory = exports.memory;
    return { ...exports, postern_stack: () => {
      this.#ends.push(exports.postern_stack());
      return this.#ends.at(-1);
    } };
  }

  get made() { return this.#ends.length; }

  /** The most bytes that any of them has had in use: nothing is ever freed, so what was never used is zero. */
  get deepest() {
    return Math.max(0, ...this.#ends.map((end) => {
      const unused = new Uint8Array(this.#memory.buffer, end - SIZE, SIZE).findIndex((b) => b);
      return unused < 0 ? 0 : SIZE - unused;
    }));
  }
}
