package rotation

import (
	"time"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/e2e/chromium"
)

func (w *world) newPage(tab *chromium.Tab) *app.Page {
	p := app.NewPage(tab, w.home(), "t.create({"+w.arrangement.options+"})")
	w.pages = append(w.pages, p)
	return p
}

// passed is a little more than the life of a token.
const passed = life + time.Minute
