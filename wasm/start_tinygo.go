//go:build tinygo

package main

import (
	"time"
	"unsafe"

	"github.com/postern-auth/postern/internal/bridge"
)

func main() {}

//export postern_call
func exportCall(promise, id, n int32) {
	text, _, _ := bridge.Take(n)
	call(int(promise), int(id), text)
}

// answer is where postern_cached leaves a token for the loader to read at once.
var answer string

// postern_cached answers a cached getTokenSilently without a goroutine and without allocating. It returns the token's length in bytes,
// and 0 where a renewal is needed; postern_token says where the bytes are. now and elapsed are in milliseconds.
//
//export postern_cached
func exportCached(id int32, now, elapsed float64) int32 {
	answer = cached(int(id), time.Duration(now)*time.Millisecond, time.Duration(elapsed)*time.Millisecond)
	return int32(len(answer))
}

//export postern_token
func exportToken() *byte { return unsafe.StringData(answer) }
