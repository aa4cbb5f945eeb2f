package textdiff_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/textdiff"
)

func TestWords(t *testing.T) {
	tests := []struct {
		name, before, after string
		want                []textdiff.Span
	}{
		{"equal", "a b", "a b", []textdiff.Span{{' ', "a b"}}},
		{"one word", "It costs five euros.", "It costs six euros.", []textdiff.Span{
			{' ', "It costs "}, {'-', "five"}, {'+', "six"}, {' ', " euros."}}},
		{"words that share letters", "installer", "installed", []textdiff.Span{{'-', "installer"}, {'+', "installed"}}},
		{"a phrase is one change", "the old way works", "the new road works", []textdiff.Span{
			{' ', "the "}, {'-', "old way"}, {'+', "new road"}, {' ', " works"}}},
		{"punctuation alone", "Yes, please", "Yes. please", []textdiff.Span{
			{' ', "Yes"}, {'-', ","}, {'+', "."}, {' ', " please"}}},
		{"from nothing", "", "new", []textdiff.Span{{'+', "new"}}},
		{"accents and joined marks", "cafe\u0301 noir", "café noir", []textdiff.Span{{'-', "cafe\u0301"}, {'+', "café"}, {' ', " noir"}}},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, textdiff.Words(tt.before, tt.after)); d != "" {
			t.Errorf("%s:\n%s", tt.name, d)
		}
	}
}

func TestPairs(t *testing.T) {
	hunks := textdiff.Hunks("same\nold one\nold two\ngone\n", "same\nnew one\nold 2\n")
	if len(hunks) != 1 {
		t.Fatalf("hunks: %v", hunks)
	}
	want := []textdiff.Pair{
		{Old: []textdiff.Span{{' ', "same"}}, New: []textdiff.Span{{' ', "same"}}},
		{Old: []textdiff.Span{{'-', "old one"}}, New: []textdiff.Span{{'+', "new one"}}},
		{Old: []textdiff.Span{{'-', "old two"}}, New: []textdiff.Span{{'+', "old 2"}}},
		{Old: []textdiff.Span{{'-', "gone"}}},
	}
	if d := cmp.Diff(want, hunks[0].Pairs()); d != "" {
		t.Error(d)
	}
	edited := textdiff.Hunks("a b\n", "a c\n")[0].Pairs()
	if d := cmp.Diff([]textdiff.Pair{{Old: []textdiff.Span{{' ', "a "}, {'-', "b"}}, New: []textdiff.Span{{' ', "a "}, {'+', "c"}}}}, edited); d != "" {
		t.Error(d)
	}
}

// FuzzWords holds the law that no text is lost: the spans of either side, put
// together, are that side.
func FuzzWords(f *testing.F) {
	f.Add("It costs five euros.", "It costs six euros, or more.")
	f.Add("a\x00\xff b", "a \U0001F600 b")
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, h := range textdiff.Hunks(before, after) {
			for _, p := range h.Pairs() {
				checkInline(t, p)
			}
		}
		var a, b strings.Builder
		for _, s := range textdiff.Words(before, after) {
			if s.Op != textdiff.Added {
				a.WriteString(s.Text)
			}
			if s.Op != textdiff.Removed {
				b.WriteString(s.Text)
			}
		}
		if a.String() != before || b.String() != after {
			t.Errorf("%q and %q came back as %q and %q", before, after, a.String(), b.String())
		}
	})
}

// TestManyWords has more distinct words than there are numbers below the
// surrogates.
func TestManyWords(t *testing.T) {
	var b strings.Builder
	for i := range 70_000 {
		b.WriteString(strings.Repeat("x", i%300) + string(rune('A'+i%26)) + strings.Repeat("y", i/300) + " ")
	}
	text := b.String()
	var got strings.Builder
	for _, s := range textdiff.Words(text, "start "+text) {
		if s.Op != textdiff.Removed {
			got.WriteString(s.Text)
		}
	}
	if got.String() != "start "+text {
		t.Error("the text did not come back")
	}
}

// TestManyChanges has more changed words than are compared.
func TestManyChanges(t *testing.T) {
	before, after := strings.Repeat("old words. ", 9000), strings.Repeat("new ones here; ", 9000)
	got := textdiff.Words("start, "+before+"end", "start, "+after+"end")
	if len(got) != 4 || got[0].Op != ' ' || got[1].Op != '-' || got[2].Op != '+' || got[3].Op != ' ' {
		t.Errorf("many changed words are %d pieces, want 4", len(got))
	}
}

// checkInline holds the line that shows both sides against the two columns.
func checkInline(t *testing.T, p textdiff.Pair) {
	t.Helper()
	var before, after []textdiff.Span
	for _, s := range p.Inline() {
		if s.Op != textdiff.Added {
			before = append(before, s)
		}
		if s.Op != textdiff.Removed {
			after = append(after, s)
		}
	}
	if d := cmp.Diff(p, textdiff.Pair{Old: before, New: after}); d != "" {
		t.Error(d)
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ before, after, removed, added string }{
		{"a b c", "a b c", "...", "..."},
		{"a b c", "a x c", ".#.", ".#."},
		{"a b", "", "##", ""},
		{"", "a", "", "#"},
		{"a", "b a", ".", "#."},
	} {
		removed, added := textdiff.Marks(strings.Fields(c.before), strings.Fields(c.after))
		if marked(removed) != c.removed || marked(added) != c.added {
			t.Errorf("%q to %q: %s and %s, want %s and %s", c.before, c.after, marked(removed), marked(added), c.removed, c.added)
		}
	}
}

func marked(list []bool) string {
	out := ""
	for _, m := range list {
		if m {
			out += "#"
		} else {
			out += "."
		}
	}
	return out
}

func TestSplit(t *testing.T) {
	text := "Don’t pay 5 €!  日本語"
	if got := strings.Join(textdiff.Split(text), "|"); got != "Don’t| |pay| |5| |€|!|  |日本語" {
		t.Error(got)
	}
}
