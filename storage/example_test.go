package storage_test

import (
	"fmt"

	"github.com/postern-auth/postern/storage"
)

// What was put is read as often as one likes, until it is removed.
func ExamplePut() {
	store := new(storage.Memory)
	if err := storage.Put(store, "session:1", 1, `{"user":"alice"}`); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(storage.Read(store, "session:1", 1))
	fmt.Println(store.Keys("session:"))
	// Output:
	// {"user":"alice"} true <nil>
	// [session:1] <nil>
}

// What may serve once only, such as the state of a login, is taken.
func ExampleTake() {
	store := new(storage.Memory)
	_ = storage.Put(store, "login:xyz", 1, "verifier")
	_, first, _ := storage.Take(store, "login:xyz", 1)
	_, second, _ := storage.Take(store, "login:xyz", 1)
	fmt.Println(first, second)
	// Output: true false
}

// A tab with a later version has written. This one must not use the record, nor overwrite it.
func ExampleProblem_Is() {
	store := new(storage.Memory)
	_ = storage.Put(store, "session:1", 2, "what version 2 writes")
	_, _, err := storage.Read(store, "session:1", 1)
	fmt.Println(storage.ErrNewer.Is(err), storage.ErrCorrupt.Is(err), err)
	// Output: true false storage: the record was written by a newer version
}
