package frontmatter

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// read parses d.yaml into d.entries.
func (d *Doc) read() error {
	if entries, src, ok := simple(d.yaml); ok {
		d.entries, d.src = entries, src
		return nil
	}
	return d.readYAML()
}

// readYAML reads whatever YAML there may be.
func (d *Doc) readYAML() error {
	root, err := decode(d.yaml)
	if err != nil {
		return d.explain(err)
	}
	d.entries = nil
	if root == nil {
		return nil
	}
	d.src = newSource(d.yaml)
	src := d.src
	if root.Kind != yaml.MappingNode {
		return d.errorAt(src.offset(root), "is not `key: value` lines")
	}
	if root.Style&yaml.FlowStyle != 0 {
		return d.errorAt(src.offset(root), "is a mapping in braces: write one `key: value` a line")
	}
	if err := d.check(src, root); err != nil {
		return err
	}
	for i := 0; i < len(root.Content); i += 2 {
		e, err := d.readEntry(src, root.Content[i], root.Content[i+1])
		if err != nil {
			return err
		}
		d.entries = append(d.entries, e)
	}
	return nil
}

// decode gives the root node of the only document, nil for an empty one.
func decode(text string) (*yaml.Node, error) {
	if text == "" {
		return nil, nil
	}
	dec := yaml.NewDecoder(strings.NewReader(text))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("a second document begins: only one is allowed")
	}
	return doc.Content[0], nil
}

// check refuses, at any depth, what YAML allows and nobody means.
func (d *Doc) check(src source, n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return d.errorAt(src.offset(n), "anchors and aliases (`&`, `*`) are not supported: write the value out, in quotes where it begins with such a character")
	}
	seen := map[string]bool{}
	for i, c := range n.Content {
		if err := d.check(src, c); err != nil {
			return err
		}
		if n.Kind != yaml.MappingNode || i%2 == 1 || c.Kind != yaml.ScalarNode {
			continue
		}
		if seen[c.Value] {
			return d.errorAt(src.offset(c), fmt.Sprintf("the key %s stands here a second time: remove one", c.Value))
		}
		seen[c.Value] = true
	}
	return nil
}

func (d *Doc) readEntry(src source, key, value *yaml.Node) (entry, error) {
	at := src.offset(key)
	e := entry{key: key.Value, value: value, start: src.lineStart(at)}
	e.indent = at - e.start
	const bad = "is not a `key: value` line"
	if key.Kind != yaml.ScalarNode || strings.Trim(d.yaml[e.start:at], " ") != "" {
		return e, d.errorAt(at, bad)
	}
	e.colon = src.end(key)
	e.colon += len(d.yaml[e.colon:]) - len(strings.TrimLeft(d.yaml[e.colon:], " \t"))
	if !strings.HasPrefix(d.yaml[e.colon:], ":") {
		return e, d.errorAt(at, bad)
	}
	e.colon++
	e.from, e.to = src.offset(value), src.end(value)
	e.headerStop = src.headerStop(value)
	return e, nil
}

func (d *Doc) errorAt(offset int, message string) error {
	return &Error{d.lineAt(offset), message}
}

// topKey is a line that begins a key at the left margin.
var topKey = regexp.MustCompile(`(?m)^[^\s#][^\n]*`)

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// explain finds the line that a parser's complaint is about. The parser
// itself names the line where it gave up, or where the block began; most
// often the fault lies in one key, and that key fails on its own too.
func (d *Doc) explain(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	marks := topKey.FindAllStringIndex(d.yaml, -1)
	for i, m := range marks {
		stop := len(d.yaml)
		if i+1 < len(marks) {
			stop = marks[i+1][0]
		}
		chunk := d.yaml[m[0]:stop]
		if _, err := decode(chunk); err != nil {
			at := m[0] + brokenLine(chunk)
			return d.errorAt(at, hint(d.yaml[at:stop], err.Error()))
		}
	}
	line := 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		fmt.Sscan(m[1], &line)
	}
	return &Error{line + strings.Count(d.open, "\n"), hint("", message)}
}

// brokenLine gives the offset of the line in a failing chunk that has a tab in
// its indentation, else 0.
func brokenLine(chunk string) int {
	for at := 0; at < len(chunk); {
		line, _ := cutLine(chunk[at:])
		if hasTabIndent(line) {
			return at
		}
		at += len(line)
	}
	return 0
}

func hasTabIndent(line string) bool {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return strings.Contains(indent, "\t")
}

// hint says what to do about a broken line.
func hint(text, message string) string {
	line, _ := cutLine(text)
	_, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	message = yamlLine.ReplaceAllString(strings.TrimPrefix(message, "yaml: "), "")
	switch {
	case hasTabIndent(line):
		return "a tab in the indentation: YAML takes spaces only"
	case strings.Contains(message, "mapping values are not allowed"):
		return "a value that holds a colon and a space must be in quotes"
	case value != "" && strings.ContainsRune("*&!@`%|>", rune(value[0])):
		return fmt.Sprintf("a value that begins with %c must be in quotes", value[0])
	case value != "" && strings.ContainsRune("[{", rune(value[0])):
		return fmt.Sprintf("the bracket %c is not closed; a text that begins with it must be in quotes", value[0])
	case value != "" && strings.ContainsRune(`"'`, rune(value[0])):
		return fmt.Sprintf("the quoted value is broken: it must end with %c, and a %[1]c inside it is written %s", value[0], map[byte]string{'"': `\"`, '\'': `''`}[value[0]])
	case strings.Contains(message, "could not find expected ':'"):
		return "is not a `key: value` line"
	case strings.Contains(message, "control characters"):
		return "holds a control character: remove it"
	}
	return "is not YAML: " + message
}
