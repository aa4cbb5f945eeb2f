package markup

import (
	"bytes"
	"strings"
)

// StripSignatures takes the parameters `expires`, `signature` and `req` out of
// the addresses of Intercom's file hosts in a body. They change on every read
// (intercom-api.md section 6.3), so what is stored and hashed goes without them.
// It scans tags without parsing, in one pass, and is idempotent.
func StripSignatures(body string) string {
	if !strings.Contains(body, "expires=") && !strings.Contains(body, "signature=") && !strings.Contains(body, "req=") {
		return body
	}
	return string(AppendUnsigned(make([]byte, 0, len(body)), []byte(body)))
}

// AppendUnsigned appends what [StripSignatures] makes of a body.
func AppendUnsigned(out, body []byte) []byte {
	done := 0
	for pos := 0; pos < len(body); {
		tag := bytes.IndexByte(body[pos:], '<')
		if tag < 0 {
			break
		}
		pos += tag + 1
		for {
			start, end, more := nextAddress(body, pos)
			pos = end
			if !more {
				break
			}
			address := body[start:end]
			if bytes.IndexByte(address, '?') >= 0 {
				if short := unsigned(string(address)); len(short) != len(address) {
					out = append(append(out, body[done:start]...), short...)
					done = end
				}
			}
			pos++ // the closing quote
		}
	}
	return append(out, body[done:]...)
}

// nextAddress finds the next quoted src or href of the tag that pos stands in;
// without one, more is false and end is where the tag ends.
func nextAddress(s []byte, pos int) (start, end int, more bool) {
	for pos < len(s) && s[pos] != '>' {
		quote := s[pos]
		if quote != '"' && quote != '\'' {
			pos++
			continue
		}
		length := bytes.IndexByte(s[pos+1:], quote)
		if length < 0 {
			return 0, len(s), false
		}
		if isAddressAttribute(s[max(0, pos-6):pos]) {
			return pos + 1, pos + 1 + length, true
		}
		pos += length + 2
	}
	return 0, pos, false
}

// isAddressAttribute reports text before a quote that names src or href.
func isAddressAttribute(before []byte) bool {
	name, ok := bytes.CutSuffix(before, []byte("="))
	if !ok || len(name) < 3 || name[len(name)-1]|0x20 != 'c' && name[len(name)-1]|0x20 != 'f' {
		return false
	}
	lower := strings.ToLower(string(name[bytes.LastIndexAny(name, " \t\r\n\f")+1:]))
	return lower == "src" || lower == "href"
}

// unsigned drops the signing parameters of an address on an Intercom file host.
// It takes both the decoded and the escaped spelling (`&amp;`).
func unsigned(address string) string {
	path, query, ok := strings.Cut(address, "?")
	if !ok || !isFileHost(path) {
		return address
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	joint := "?"
	for more := true; more; {
		parameter, rest, next := query, "", ""
		if i := strings.IndexByte(query, '&'); i >= 0 {
			parameter, rest, next = query[:i], query[i+1:], "&"
			if escaped, ok := strings.CutPrefix(rest, "amp;"); ok {
				rest, next = escaped, "&amp;"
			}
		}
		if name, _, _ := strings.Cut(parameter, "="); name != "expires" && name != "signature" && name != "req" {
			path += joint + parameter
			joint = next
		} else if joint != "?" {
			joint = next
		}
		query, more = rest, next != ""
	}
	if hasFragment {
		path += "#" + fragment
	}
	return path
}

// isFileHost reports whether the address is on a host that signs its links
// (intercom-api.md section 6.3).
func isFileHost(address string) bool {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return false
	}
	host, _, _ := strings.Cut(rest, "/")
	host = strings.ToLower(host)
	switch host {
	case "downloads.intercomcdn.com", "downloads.intercomcdn.eu", "downloads.eu.intercomcdn.com", "downloads.au.intercomcdn.com",
		"uploads.intercomcdn.com", "uploads.intercomcdn.eu", "uploads.eu.intercomcdn.com", "uploads.au.intercomcdn.com",
		"uploads.intercomusercontent.com":
		return true
	}
	for _, domain := range [...]string{"intercom-attachments.eu", "au.intercom-attachments.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	name, ok := strings.CutSuffix(host, ".com")
	if !ok {
		return false
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	digit, ok := strings.CutPrefix(name, "intercom-attachments-")
	return ok && len(digit) == 1 && digit >= "1" && digit <= "9"
}
