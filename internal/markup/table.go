package markup

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// Tables. Intercom has no header cells, so the first row stands in the header
// that GFM demands and comes back as a row like the others. A table goes to
// Markdown when every cell is one inline run and nothing is styled.
//
//	<table role="presentation"><tbody><tr><td><p class="no-margin">a</p></td>…   | a | b |
func tables() kind {
	row := enclose("<tr>", "</tr>")
	return kind{
		html: map[ast.NodeKind]nodeWriter{
			extast.KindTable:       enclose(`<div class="`+classTable+`"><table role="presentation"><tbody>`, "</tbody></table></div>"),
			extast.KindTableHeader: row,
			extast.KindTableRow:    row,
			extast.KindTableCell:   cellHTML,
		},
		markdown: map[string]elementWriter{"table": tableMarkdown},
	}
}

func cellHTML(_ *page, w util.BufWriter, _ []byte, n ast.Node, entering bool) ast.WalkStatus {
	if !entering {
		_, _ = w.WriteString("</p></td>")
		return ast.WalkContinue
	}
	class := classNoMargin
	switch cell := n.(*extast.TableCell); cell.Alignment {
	case extast.AlignRight, extast.AlignCenter:
		class = classAlign + cell.Alignment.String() + " " + class
	}
	_, _ = w.WriteString(`<td><p class="` + class + `">`)
	return ast.WalkContinue
}

func tableMarkdown(s *scribe, ctx converter.Context, w converter.Writer, n *html.Node) bool {
	rows, columns, ok := plainRows(n)
	if !ok || columns == nil || s.inCell {
		return false
	}
	s.inCell = true
	defer func() { s.inCell = false }()
	var cell bytes.Buffer
	for i, row := range rows {
		if i > 0 {
			_ = w.WriteByte('\n')
		}
		_ = w.WriteByte('|')
		for _, p := range row {
			cell.Reset()
			ctx.RenderChildNodes(ctx, &cell, p)
			_, _ = w.WriteString(" " + strings.TrimSpace(cell.String()) + " |")
		}
		if i == 0 {
			_, _ = w.WriteString("\n|" + strings.Join(columns, ""))
		}
	}
	return true
}

// plainRows gives the paragraph of each cell, and the delimiter of each column,
// if the table is one that GFM can hold.
func plainRows(table *html.Node) (rows [][]*html.Node, columns []string, ok bool) {
	body := onlyChild(table)
	if len(table.Attr) > 0 || !isElement(body, "tbody") || len(body.Attr) > 0 {
		return nil, nil, false
	}
	for tr := body.FirstChild; tr != nil; tr = tr.NextSibling {
		if !isElement(tr, "tr") || len(tr.Attr) > 0 {
			return nil, nil, false
		}
		var row []*html.Node
		for td := tr.FirstChild; td != nil; td = td.NextSibling {
			p := onlyChild(td)
			if !isElement(td, "td") || len(td.Attr) > 0 || !isElement(p, "p") {
				return nil, nil, false
			}
			row = append(row, p)
		}
		if rows = append(rows, row); len(row) != len(rows[0]) {
			return nil, nil, false
		}
	}
	if len(rows) == 0 {
		return nil, nil, false
	}
	for i := range rows[0] {
		delimiter, ok := columnDelimiter(rows, i)
		if !ok {
			return nil, nil, false
		}
		columns = append(columns, delimiter)
	}
	return rows, columns, true
}

// columnDelimiter gives the delimiter of column i, if its cells are aligned alike.
func columnDelimiter(rows [][]*html.Node, i int) (string, bool) {
	align := alignmentOf(rows[0][i])
	for _, row := range rows {
		p := row[i]
		if alignmentOf(p) != align || align == "" && len(p.Attr) > 0 || align != "" && !isClass(p, "p", classAlign+align) {
			return "", false
		}
	}
	switch align {
	case "":
		return " --- |", true
	case "right":
		return " --: |", true
	case "center":
		return " :-: |", true
	}
	return "", false
}
