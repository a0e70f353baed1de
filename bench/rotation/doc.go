// Package rotation measures what becomes of a session when the renewal of its refresh token goes wrong: the same faults, in the same
// Chromium, against the same provider, for Postern and its peers side by side. It judges nobody; bench/rotation.md says what happened.
//
// It is written as a test, so that the browser's driver can be that of the browser tests, and runs only when asked to: make
// bench-rotation.
package rotation
