package chromium

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// Console is what a tab's pages have said, to the console or by failing.
type Console struct {
	mu      sync.Mutex
	entries []entry
	allowed []string
}

type entry struct {
	text  string
	alarm bool
}

// Allow makes complaints that contain text no failure of the test.
func (c *Console) Allow(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.allowed = append(c.allowed, text)
}

// Transcript returns everything, a line each.
func (c *Console) Transcript() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines strings.Builder
	for _, e := range c.entries {
		lines.WriteString("  " + e.text + "\n")
	}
	return lines.String()
}

// unexpected returns the complaints that nobody has allowed: exceptions that nobody caught, console.error, violations of the content
// security policy, requests that failed.
func (c *Console) unexpected() (complaints []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
entries:
	for _, e := range c.entries {
		if !e.alarm {
			continue
		}
		for _, text := range c.allowed {
			if strings.Contains(e.text, text) {
				continue entries
			}
		}
		complaints = append(complaints, e.text)
	}
	return complaints
}

// hear takes the browser's events, in their order, from inside the loop that reads them.
func (c *Console) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var args []string
		for _, arg := range e.Args {
			args = append(args, show(arg))
		}
		c.add(e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert,
			"console.%s: %s", e.Type, strings.Join(args, " "))
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		what := d.Text
		if d.Exception != nil {
			what += " " + show(d.Exception)
		}
		c.add(true, "exception: %s (%s:%d)", what, d.URL, d.LineNumber+1)
	case *log.EventEntryAdded:
		c.add(e.Entry.Level == log.EntryLevelError, "%s %s: %s (%s)", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
	}
}

func (c *Console) add(alarm bool, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries = append(c.entries, entry{fmt.Sprintf(format, args...), alarm})
}

// show writes a value with everything that a person could unfold in the console.
func show(v *runtime.RemoteObject) string {
	var text string
	if json.Unmarshal(v.Value, &text) == nil {
		return text
	}
	if v.Description == "" {
		return string(v.Value)
	}
	preview, _ := json.Marshal(v.Preview)
	return v.Description + " " + string(preview)
}
