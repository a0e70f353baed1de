//go:build !unix

package setup

import (
	"context"
	"io"
)

// Lock does nothing where flock doesn't exist; don't run two builds at once there.
func Lock(context.Context, string, io.Writer) (unlock func(), err error) {
	return func() {}, nil
}
