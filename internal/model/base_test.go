package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func fields(m map[Field]Agreed) BaseContent { return BaseContent{Fields: m} }

func TestAgree(t *testing.T) {
	local := Content{Fields: map[Field]string{Title: "T"}}
	live := Content{Fields: map[Field]string{Title: "T", Description: "live"}}
	now := map[Field]Agreed{Title: {Managed: true, Local: "T", Remote: "T"}}
	old := map[Field]Agreed{Title: {Managed: true, Local: "old", Remote: "old"}, Description: {Managed: true, Local: "d", Remote: "d"}}
	tests := []struct {
		name      string
		tip, from *BaseObject
		want      BaseContent
	}{
		{"for the first time: what is live and not in the file is noted", nil, nil,
			fields(map[Field]Agreed{Title: now[Title], Description: {Remote: "live"}})},
		{"again: the other fields stay agreed", nil, &BaseObject{Contents: map[Locale]BaseContent{"en": fields(old)}},
			fields(map[Field]Agreed{Title: now[Title], Description: old[Description]})},
		{"what somebody else recorded is not this checkout's agreement",
			&BaseObject{Contents: map[Locale]BaseContent{"en": {Fields: map[Field]Agreed{Description: {Managed: true, Local: "theirs", Remote: "theirs"}}, Seen: "abc", Removed: true}}},
			&BaseObject{Contents: map[Locale]BaseContent{"en": fields(old)}},
			BaseContent{Fields: map[Field]Agreed{Title: now[Title], Description: old[Description]}, Seen: "abc", Removed: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := Key{Article, "1"}.Next(tt.tip)
			e.Agree("en", tt.from, local, live, now)
			if d := cmp.Diff(tt.want, e.Contents["en"]); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff("old", old[Title].Local); d != "" {
				t.Error("the agreement before was changed: " + d)
			}
		})
	}
}

// TestNext: an entry is built from the newest one, which stays as it is.
func TestNext(t *testing.T) {
	tip := &BaseObject{Kind: Article, ID: "1", Primary: "9", Kept: "abc", Contents: map[Locale]BaseContent{"en": {Seen: "a"}}}
	next := tip.Key().Next(tip)
	if next.Kept != "" || next.Primary != "9" {
		t.Errorf("kept %q, primary %q", next.Kept, next.Primary)
	}
	next.Mark("en", true)
	next.Mark("fr", true) // which it does not have
	if tip.Contents["en"].Removed || !next.Contents["en"].Removed || len(next.Contents) != 1 {
		t.Errorf("marked %v from %v", next.Contents, tip.Contents)
	}
	if first := (Key{Article, "1"}).Next(nil); first.Contents == nil || first.Key() != tip.Key() {
		t.Errorf("the first entry: %v", first)
	}
}

// TestLeave: what the files said stays, but for the state, so that a file that
// returns as published is published again.
func TestLeave(t *testing.T) {
	b := &BaseObject{Contents: map[Locale]BaseContent{"en": {Seen: "abc", Fields: map[Field]Agreed{
		Title: {Managed: true, Local: "T", Remote: "T"}, State: {Managed: true, Local: Published, Remote: Published}}}}}
	b.Leave("en", Content{Fields: map[Field]string{Title: "edited", State: Draft, Description: "d"}})
	want := BaseContent{Seen: "abc", Fields: map[Field]Agreed{
		Title: {Managed: true, Local: "T", Remote: "edited"}, State: {Managed: true, Local: Draft, Remote: Draft}, Description: {Remote: "d"}}}
	if d := cmp.Diff(want, b.Contents["en"]); d != "" {
		t.Error(d)
	}
}

func TestIn(t *testing.T) {
	m := map[Locale]int{"pt-br": 1, "pt-BR": 2, "EN": 3}
	for l, want := range map[Locale]int{"pt-BR": 2, "pt-br": 1, "PT-BR": 2, "en": 3, "fr": 0} {
		if got, ok := In(m, l); got != want || ok != (want > 0) {
			t.Errorf("%s: %d, %t", l, got, ok)
		}
	}
}

// TestOrder: collections come first, and ids are numbers.
func TestOrder(t *testing.T) {
	list := []Key{{Collection, "9"}, {Collection, "10"}, {Article, "2"}, {Article, "10"}, {Article, "11"}}
	for i, a := range list {
		for j, b := range list {
			if got := a.Compare(b); got != max(-1, min(1, i-j)) {
				t.Errorf("%s against %s: %d", a, b, got)
			}
		}
	}
}

func TestLocalesAndTitle(t *testing.T) {
	titled := func(s string) Content { return Content{Fields: map[Field]string{Title: s}} }
	tests := []struct {
		o     Object
		order []Locale
		title string
	}{
		{Object{Default: "en", Contents: map[Locale]Content{"fr": titled("F"), "en": titled("E"), "de": titled("D")}}, []Locale{"en", "de", "fr"}, "E"},
		{Object{Default: "en", Contents: map[Locale]Content{"fr": titled("F"), "en": titled("")}}, []Locale{"en", "fr"}, "F"},
		{Object{Default: "en", Contents: map[Locale]Content{"fr": titled("F"), "de": titled("")}}, []Locale{"de", "fr"}, "F"},
		{Object{Default: "en"}, nil, ""},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.order, tt.o.Locales()); d != "" || tt.o.Title() != tt.title {
			t.Errorf("%v: title %q\n%s", tt.o.Contents, tt.o.Title(), d)
		}
	}
}

func TestHas(t *testing.T) {
	known, unknown := HelpCenter{Locales: []Locale{"en", "pt-BR"}}, HelpCenter{}
	for _, tt := range []struct {
		hc       HelpCenter
		l, spelt Locale
		ok       bool
	}{{known, "PT-br", "pt-BR", true}, {known, "fr", "fr", false}, {unknown, "xx", "xx", true}} {
		if got, ok := tt.hc.Has(tt.l); got != tt.spelt || ok != tt.ok {
			t.Errorf("%s: %s, %t", tt.l, got, ok)
		}
	}
}
