package oauth

// CheckDetails reports whether v is a list of authorization details: objects that each say their type (RFC 9396 section 2). What else stands in them
// is between the application and its API.
func CheckDetails(v Value) bool {
	for w := v.Walk(); w.Next(); {
		if w.Value.Get("type").Str() == "" {
			return false
		}
	}
	return v.Kind() == Array
}
