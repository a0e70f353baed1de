static inline __attribute__((always_inline)) int shared(int n) { return (n * 31 + 7) ^ (n >> 3); }
