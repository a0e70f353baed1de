package oauth

// Unescape is tested on its own as the inverse of Escape.
var Unescape = unescape

// Items returns an array's items, or an object's values.
func (v Value) Items() (items []Value) {
	for w := v.Walk(); w.Next(); {
		items = append(items, w.Value)
	}
	return items
}

// Names returns an object's names.
func (v Value) Names() (names []string) {
	for w := v.Walk(); v.Kind() == Object && w.Next(); {
		names = append(names, w.Name)
	}
	return names
}

// Params are the names and values of a challenge, in turn.
func (c *Challenge) Params() []string { return c.params }
