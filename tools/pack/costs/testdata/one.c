#include "shared.h"
const char text[] = "a text of thirty-two characters";
int one(int n) { return shared(n) + text[n & 31]; }
