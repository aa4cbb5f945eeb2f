package frontmatter

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// Kind says what a value is.
type Kind int

// The kinds of value.
const (
	Scalar Kind = iota
	List
	Mapping
)

// String names the kind for messages.
func (k Kind) String() string {
	return [...]string{"text", "list", "mapping"}[k]
}

// Value is what a key holds, at any depth.
type Value struct {
	Kind Kind
	// Line counts from 1 in the file.
	Line int
	// Text is a scalar's text; see the package comment.
	Text string
	// Null is true for the scalars `~`, `null` and nothing at all.
	Null bool
	// Items are those of a list, Fields those of a mapping.
	Items  []Value
	Fields []Field
}

// Field is one key of a mapping.
type Field struct {
	Key   string
	Line  int
	Value Value
}

// Value gives what a key holds.
func (d *Doc) Value(key string) (Value, bool) {
	i := d.find(key)
	if i < 0 {
		return Value{}, false
	}
	return d.value(d.src, d.entries[i].value), true
}

// Fields gives the whole mapping.
func (d *Doc) Fields() []Field {
	fields := make([]Field, len(d.entries))
	for i, e := range d.entries {
		fields[i] = Field{e.key, d.lineAt(e.start), d.value(d.src, e.value)}
	}
	return fields
}

func (d *Doc) value(src source, n *yaml.Node) Value {
	v := Value{Line: d.lineAt(src.offset(n))}
	switch n.Kind {
	case yaml.SequenceNode:
		v.Kind = List
		for _, c := range n.Content {
			v.Items = append(v.Items, d.value(src, c))
		}
	case yaml.MappingNode:
		v.Kind = Mapping
		for i := 0; i < len(n.Content); i += 2 {
			k := d.value(src, n.Content[i])
			v.Fields = append(v.Fields, Field{k.Text, k.Line, d.value(src, n.Content[i+1])})
		}
	default:
		v.Text, v.Null = n.Value, n.ShortTag() == "!!null"
		if v.Null {
			v.Text = ""
		}
	}
	return v
}

func (v Value) list(key string) ([]Value, error) {
	switch {
	case v.Null:
		return nil, nil
	case v.Kind == Scalar:
		return []Value{v}, nil
	case v.Kind == Mapping:
		return nil, &Error{v.Line, fmt.Sprintf("%s must be a list, not a mapping", key)}
	}
	for _, it := range v.Items {
		if it.Kind != Scalar {
			return nil, &Error{it.Line, fmt.Sprintf("%s must be a list of plain values, not of a %s", key, it.Kind)}
		}
	}
	return v.Items, nil
}
