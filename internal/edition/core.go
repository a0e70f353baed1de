//go:build core

package edition

// Full is false in the core.
const Full = false
