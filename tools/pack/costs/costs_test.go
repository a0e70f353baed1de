package costs

import (
	"os"
	"path"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines.module is of the sources beside it:
//
//	clang-19 --target=wasm32 -g -gdwarf-4 -O1 -ffunction-sections -nostdlib -fdebug-compilation-dir=/source \
//		-Wl,--no-entry,--gc-sections,--export=one,--export=two -o lines.module one.c two.c
func lines(t *testing.T) []byte {
	module, err := os.ReadFile("testdata/lines.module")
	require.NoError(t, err)
	return module
}

func TestOf(t *testing.T) {
	found, err := Of(lines(t))
	require.NoError(t, err)
	byName := map[string]int{}
	for file, n := range found {
		byName[path.Base(file)] += n
	}
	t.Log(byName)
	all, err := parse(lines(t))
	require.NoError(t, err)
	assert.Equal(t, all.data, byName[Data])
	assert.Positive(t, byName["one.c"])
	assert.Positive(t, byName["shared.h"], "what was copied into a function of another file counts for its own")
	assert.Positive(t, byName["two.c"])
	code := byName["one.c"] + byName["shared.h"] + byName["two.c"]
	assert.LessOrEqual(t, code, all.code)
	assert.Greater(t, code, all.code*3/4, "little of the code is nobody's")
}

func TestOfNoModule(t *testing.T) {
	module := lines(t)
	for name, c := range map[string]struct {
		module []byte
		says   string
	}{
		"nothing":                   {nil, "no WebAssembly module"},
		"a text":                    {[]byte("hello, world"), "no WebAssembly module"},
		"cut":                       {module[:len(module)-1], "in the middle of a section"},
		"without a length":          {module[:9], "in the middle of a section"},
		"without debug information": {module[:8], "no debug information"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Of(c.module)
			assert.ErrorContains(t, err, c.says)
		})
	}
}
