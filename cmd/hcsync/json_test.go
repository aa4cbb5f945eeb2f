package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// json FILE [PATH | PATH=VALUE]... fails unless a file is one JSON document
// that has these values; "changes.0.op=update" is the op of its first change,
// and "changes=[]" an empty list.
func cmdJSON(ts *testscript.TestScript, _ bool, args []string) {
	var doc any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	for _, a := range args[1:] {
		path, want, exact := strings.Cut(a, "=")
		got, ok := lookup(doc, strings.Split(path, "."))
		if text := compact(ts, got); !ok || exact && text != want {
			ts.Fatalf("%s: %s is %s", args[0], path, text)
		}
	}
}

// lookup follows keys and indexes into a JSON value.
func lookup(v any, path []string) (any, bool) {
	for _, key := range path {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[key]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// compact is a JSON value on one line, a text without its quotes.
func compact(ts *testscript.TestScript, v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	out, err := json.Marshal(v)
	ts.Check(err)
	return string(out)
}
