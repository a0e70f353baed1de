package oauth

// Target names what an access token is for, in the one text by which tokens are told apart: the audience, which Auth0 knows, and behind it each
// resource of RFC 8707 on a line of its own. Neither can hold a line break, so no two requests have the same target.
func Target(audience string, resources []string) string {
	for _, uri := range resources {
		audience += "\n" + uri
	}
	return audience
}

// OwnTarget is the target of a refresh request for what the login asked for: the audience needs no repeating, and some servers know none in a
// refresh. The resources do: a server may otherwise choose one of its own (RFC 8707 section 2.2).
func OwnTarget(target string) string { return target[indexByte(target, '\n'):] }

// Named is a target for people to read.
func Named(target string) string {
	if target != "" && target[0] == '\n' {
		target = target[1:]
	}
	text := []byte(target)
	for i, c := range text {
		if c == '\n' {
			text[i] = ' '
		}
	}
	return string(text)
}

// addTarget says what the token is to be for.
func (f *Form) addTarget(target string) *Form {
	audience, lines := Cut(target, '\n')
	f.Add("audience", audience)
	for lines != "" {
		var uri string
		uri, lines = Cut(lines, '\n')
		f.Add("resource", uri)
	}
	return f
}

// CheckResource reports whether uri names a resource: an absolute address without fragment (RFC 8707 section 2), in the characters that one is
// written in.
func CheckResource(uri string) bool {
	for i := 0; i < len(uri); i++ {
		if uri[i] <= ' ' || uri[i] > '~' || uri[i] == '#' {
			return false
		}
	}
	scheme := indexByte(uri, ':')
	return scheme > 0 && scheme < len(uri)-1
}

// CheckAudience refuses what doesn't stand on one line.
func CheckAudience(audience string) bool { return indexByte(audience, '\n') == len(audience) }
