// Package speed measures what Postern and its peers cost: bytes, milliseconds, memory and token requests, side by side, in one Chromium
// and from one server. It writes bench/results.md and the picture in the README.
//
// It is written as a test, so that the browser's driver can be that of the browser tests. The measuring runs only when asked to: make bench.
package speed
