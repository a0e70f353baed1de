//go:build tinygo

package main

import "unsafe"

func main() {}

func init() { start() }

// token is where postern_cached leaves its answer for the loader to read at once. It is a package-level variable so that the collector
// doesn't take it.
var token string

// postern_cached answers a cached getTokenSilently. A synchronous export costs nanoseconds where a callback into a goroutine costs
// microseconds. It returns the token's length in bytes, and 0 where a renewal is needed; postern_token says where the bytes are.
//
//export postern_cached
func cached(id int32) int32 {
	token = ""
	if c := client(int(id)); c != nil {
		token, _ = c.Cached()
	}
	return int32(len(token))
}

//export postern_token
func tokenAddress() *byte { return unsafe.StringData(token) }
