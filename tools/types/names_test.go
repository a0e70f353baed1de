package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = `/** Starts. */
export function create(o: Options): Promise<Client>;
export class Client {
  constructor(options: Options);
  /** Says (and more). */
  token(o: { no(): void }): Promise<string>;
  on<K>(event: K): () => void;
}
export interface Options { name: string }
export type ErrorCode =
  | 'network' | 'timeout'
  | 'internal';
export type WarningCode = 'skew';
type Private = 'secret';
`

func TestPublicNames(t *testing.T) {
	names := publicNames(sample)
	assert.Equal(t, []string{"Client", "ErrorCode", "Options", "WarningCode", "create", "internal", "network", "on", "skew", "timeout", "token"}, names)
	assert.Equal(t, []string{"on"}, unused(names, "Client ErrorCode Options WarningCode create internal network only skew timeout token"))
}

// TestEveryNameHasACase is the half of the check that needs no tsc.
func TestEveryNameHasACase(t *testing.T) {
	declarations, err := os.ReadFile("../../js/index.d.ts")
	require.NoError(t, err)
	cases, err := os.ReadFile("../../js/types_test.ts")
	require.NoError(t, err)
	assert.Empty(t, unused(publicNames(string(declarations)), string(cases)))
}

// TestMistakesAreFound runs tsc on a file that index.d.ts must not accept; it needs the installed toolchain.
func TestMistakesAreFound(t *testing.T) {
	node, err := filepath.Abs("../../.toolchain/node")
	require.NoError(t, err)
	if _, err := os.Stat(node); err != nil {
		t.Skip("run `go run ./tools/toolchain` first")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.d.ts"), []byte("export function f(n: number): void;\n"), 0o644))
	cases := filepath.Join(dir, "types_test.ts")

	require.NoError(t, os.WriteFile(cases, []byte("import { f } from './index.js';\nf(1);\n"), 0o644))
	require.NoError(t, check(context.Background(), node, dir))
	require.NoError(t, os.WriteFile(cases, []byte("import { f } from './index.js';\nf('1');\n"), 0o644))
	assert.ErrorContains(t, check(context.Background(), node, dir), "tsc found")
}
