package intercom

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decoded is the layer that reads what an answer says. It lies inside the
// repetition, so that a body that is cut off is asked for again, and so that
// the JSON is looked at once only: the lists are most of what a plan costs.
func decoded(next send) send {
	return func(ctx context.Context, r *request) (*answer, error) {
		a, err := next(ctx, r)
		if a != nil && a.ok() && r.out != nil {
			a.wrong, a.tried = decodeWhole(a.body, r.out, making(r.bodies)), true
		}
		return a, err
	}
}

// decodeWhole leaves out as it is if the body cannot be decoded: another attempt
// must not find half of this one in it.
func decodeWhole(body []byte, out any, o json.Options) error {
	to := reflect.ValueOf(out).Elem()
	try := reflect.New(to.Type())
	try.Elem().Set(to)
	if err := decode(body, try.Interface(), o); err != nil {
		return err
	}
	to.Set(try.Elem())
	return nil
}

// decode reads an answer and checks that it is the thing that was asked for.
func decode(body []byte, out any, o json.Options) error {
	if err := unmarshal(body, out, o); err != nil {
		return err
	}
	if c, ok := out.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

// unmarshal takes what encoding/json takes: the last of members that have one
// name, and bytes that are no UTF-8 as U+FFFD.
func unmarshal(b []byte, out any, o ...json.Options) error {
	return json.Unmarshal(b, out, append(o, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))...)
}

// making decodes bodies into what a function makes of them, without a copy of each
// that nobody wants; nil decodes them as they are.
func making(text func(html []byte) string) json.Options {
	if text == nil {
		return nil
	}
	var html []byte
	return json.WithUnmarshalers(json.UnmarshalFromFunc(func(in *jsontext.Decoder, to *markup) error {
		if in.PeekKind() != '"' {
			return errors.ErrUnsupported // as any string
		}
		quoted, err := in.ReadValue()
		if err != nil {
			return err
		}
		html = appendUnquoted(html[:0], quoted)
		*to = markup(text(html))
		return nil
	}))
}

// readable says whether the body is a JSON object, as every answer of the API
// is. What stands before the API, a load balancer or a captcha, answers with
// pages (intercom-api.md section 1.5).
func (a *answer) readable() bool {
	b := bytes.TrimSpace(a.body)
	if len(b) == 0 || b[0] != '{' {
		return false
	}
	if a.tried {
		var broken *jsontext.SyntacticError
		return !errors.As(a.wrong, &broken)
	}
	return jsontext.Value(b).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// appendUnquoted appends what a JSON string says, which the decoder has seen to be
// one. It is quick at the escapes that bodies are full of: quotes, line ends, and
// the brackets of tags as some servers write them.
func appendUnquoted(out, quoted []byte) []byte {
	start := len(out)
	for rest := quoted[1 : len(quoted)-1]; ; {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 {
			out = append(out, rest...)
			break
		}
		c, n := escaped(rest[i:])
		if n == 0 {
			out, _ = jsontext.AppendUnquote(out[:start], quoted)
			return out
		}
		out = append(append(out, rest[:i]...), c)
		rest = rest[i+n:]
	}
	if !utf8.Valid(out[start:]) {
		out, _ = jsontext.AppendUnquote(out[:start], quoted)
	}
	return out
}

// escaped reads an escape that stands for one byte and gives its length, 0 for any
// other.
func escaped(s []byte) (c byte, n int) {
	switch s[1] {
	case '"', '\\', '/':
		return s[1], 2
	case 'n':
		return '\n', 2
	case 't':
		return '\t', 2
	case 'u':
		if v, err := strconv.ParseUint(string(s[2:6]), 16, 16); err == nil && v < utf8.RuneSelf {
			return byte(v), 6
		}
	}
	return 0, 0
}
