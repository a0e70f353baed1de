// Package load simulates what a provider gets to see of a million pages that renew their tokens: when all began at the same time, and when it was down for
// ten minutes. Postern's timing is the product's own code; the peers' is written after their sources. bench/load.md says what came of it.
//
// Its tests alone, beside those of conformance/native, import the product, and hold the simulation to it. They judge nobody.
package load
