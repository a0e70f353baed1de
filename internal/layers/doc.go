// Package layers has no code of its own. Its tests read the whole repository and fail where it stops being built as ARCHITECTURE.md says:
// who may import whom, what the shipped module may link, where the browser may be touched, and a trap of TinyGo's maps.
package layers
