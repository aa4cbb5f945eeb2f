package markup

// A Finding is something in a text that a writer should know of.
type Finding struct {
	Line    int    // counts from 1 in the Markdown; 0 where there is no Markdown
	Code    string // a short name that does not change
	Message string
}

// Lint finds the traps of the dialect in a Markdown text.
func Lint(md string) []Finding {
	return nil
}
