// Counts the references that a TinyGo module has been given and hasn't given back. The loader's own count is of values, and a value that
// is referred to a thousand times too often is one value still.
const NAN = 0x7FF80000n;

/** Whether ref is in the table, past its six fixed entries. */
const isHandle = (ref) => {
  const head = ref >> 32n;
  return (head & NAN) === NAN && (head & 7n) !== 0n && (ref & 0xFFFFFFFFn) > 5n;
};

export class Handles {
  held = 0;
  /** Entries that the table has had at most. */
  most = 0;
  /** What was thrown through the module's frames, by any compiler's module. */
  escaped = [];
  #memory;

  #take(ref) {
    if (!isHandle(ref)) return;
    this.held++;
    this.most = Math.max(this.most, Number(ref & 0xFFFFFFFFn) + 1);
  }

  /** Wraps gojs, the imports. */
  watch(gojs) {
    for (const [name, f] of Object.entries(gojs)) {
      if (typeof f !== 'function') continue; // WebAssembly.Suspending's own
      gojs[name] = (...args) => {
        let result;
        try {
          result = f(...args);
        } catch (e) {
          this.escaped.push(`${name}: ${typeof e}`);
          throw e;
        }
        if (!this.#memory) return result;
        if (name === 'syscall/js.finalizeRef') this.held -= isHandle(BigInt.asUintN(64, args[0]));
        else if (name !== 'runtime.ticks') for (const ref of [result].flat()) if (typeof ref === 'bigint') this.#take(ref);
        return result;
      };
    }
  }

  /** A TinyGo module has started. What it was given until then, it keeps. */
  enter(exports) {
    this.#memory = exports.memory;
    return exports;
  }
}
