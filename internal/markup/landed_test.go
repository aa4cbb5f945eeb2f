package markup_test

import (
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/markup"
)

// Blocks as a server stores them.
const (
	one   = `<p class="no-margin">One.</p>`
	two   = `<p class="no-margin">Two.</p>`
	three = `<p class="no-margin">Three.</p>`
	empty = `<p class="no-margin"></p>`
	head  = `<h1 id="h_0123456789">Head</h1>`
	plain = `<h1>Head</h1>`
	old   = `<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/1/old/a.png"></div>`
	ours  = `<div class="intercom-container"><img src="https://example.com/a.png"></div>`
	moved = `<div class="intercom-container"><img src="https://downloads.intercomcdn.com/i/o/2/new/a.png"></div>`
)

func TestLanded(t *testing.T) {
	edit := func(s string) string { return strings.ReplaceAll(s, "Three.", "Three, by a teammate.") }
	tests := []struct {
		name             string
		read, sent, live string
		want             markup.Verdict
		stored           string // for SentThenEdited
	}{
		{name: "as read", read: one + two, sent: one + three, live: one + two, want: markup.AsRead},
		{name: "as sent", read: one, sent: two, live: two, want: markup.AsSent},
		{name: "as predicted", read: one, sent: "<h2>Head</h2><p>Two.</p>", live: head + two, want: markup.AsSent},
		{name: "what was sent comes to what was read", read: head + one, sent: "<h2>Head</h2><p>One.</p>", live: head + one, want: markup.AsSent},
		{name: "the server's own spelling", read: one, sent: "<p>Two.</p>", live: two, want: markup.AsSent},
		{name: "an image taken to the server", read: one, sent: one + ours, live: one + moved, want: markup.AsSent},
		{name: "an image that still is the old one", read: one + old, sent: one + ours, live: one + old, want: markup.AsRead},
		{name: "an image in place of another", read: one + old, sent: one + ours, live: one + moved, want: markup.AsSent},
		{name: "the other image, and an edit", read: three + old, sent: three + ours, live: edit(three) + moved,
			want: markup.SentThenEdited, stored: three + moved},
		{name: "the old image, and an edit", read: three + old, sent: three + ours, live: edit(three) + old, want: markup.EditedNotLanded},
		{name: "another block edited after", read: one + three, sent: two + three, live: two + edit(three),
			want: markup.SentThenEdited, stored: two + three},
		{name: "another block edited before", read: one + three, sent: two + three, live: one + edit(three), want: markup.EditedNotLanded},
		{name: "ids that the server gave stay", read: one + three, sent: plain + three, live: head + edit(three),
			want: markup.SentThenEdited, stored: head + three},
		{name: "a block added, another edited", read: one + three, sent: one + two + three, live: one + two + edit(three),
			want: markup.SentThenEdited, stored: one + two + three},
		{name: "a block not added, another edited", read: one + three, sent: one + two + three, live: one + edit(three), want: markup.EditedNotLanded},
		{name: "a block removed, another edited", read: one + two + three, sent: one + three, live: one + edit(three),
			want: markup.SentThenEdited, stored: one + three},
		{name: "a block not removed, another edited", read: one + two + three, sent: one + three, live: one + two + edit(three), want: markup.EditedNotLanded},
		{name: "the changed block edited", read: one + three, sent: one + edit(three), live: one + "<p>Three, otherwise.</p>", want: markup.Unknown},
		{name: "one changed block of two", read: one + three, sent: two + edit(three), live: two + three, want: markup.Unknown},
		{name: "a copy of a block, one of two left", read: one + two + three, sent: one + one + two + three, live: one + two + edit(three), want: markup.EditedNotLanded},
		{name: "blank paragraphs beside a changed block", read: one + three, sent: two + empty + three, live: two + edit(three) + empty + empty,
			want: markup.SentThenEdited, stored: two + empty + three},
		{name: "a blank paragraph alone, not landed", read: one + three, sent: one + empty + three, live: one + edit(three), want: markup.EditedNotLanded},
		{name: "a blank paragraph alone, and another", read: one + three, sent: one + empty + three, live: empty + one + empty + edit(three), want: markup.Unknown},
		{name: "reordered and edited", read: one + two + three, sent: two + one + three, live: two + one + edit(three), want: markup.Unknown},
		{name: "new and edited since", read: "", sent: one + two, live: one + two + three, want: markup.SentThenEdited, stored: one + two},
		{name: "new and nothing like it", read: "", sent: one + two, live: three, want: markup.EditedNotLanded},
		{name: "new and still empty", read: "", sent: one, live: "", want: markup.AsRead},
		{name: "emptied", read: one, sent: "", live: "", want: markup.AsSent},
		{name: "emptied, and written anew", read: one, sent: "", live: two, want: markup.SentThenEdited, stored: ""},
		{name: "tags that do not match", read: "<p>a", sent: "<p>b", live: "<div><p>c", want: markup.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, stored := markup.Landed(tt.read, tt.sent, tt.live)
			if v != tt.want {
				t.Fatalf("Landed = %v, want %v", v, tt.want)
			}
			if v == markup.AsSent {
				tt.stored = tt.live
			}
			if !markup.Equal(stored, tt.stored) {
				t.Errorf("stored = %s\nwant     %s", stored, tt.stored)
			}
		})
	}
}

// FuzzLanded holds the verdict to what happened: a body that did not change is
// never said to be what was sent, and one that did land is.
func FuzzLanded(f *testing.F) {
	f.Add(one+two, one+three)
	f.Add(one+old, one+ours)
	f.Add("", plain+two)
	f.Fuzz(func(t *testing.T, read, sent string) {
		stored := markup.Predict(sent).HTML
		if v, _ := markup.Landed(read, sent, stored); v != markup.AsSent {
			t.Errorf("landed, and Landed = %v", v)
		}
		if v, _ := markup.Landed(read, sent, read); v != markup.AsRead && !markup.Equal(read, sent) && !markup.Equal(read, stored) {
			t.Errorf("not landed, and Landed = %v", v)
		}
	})
}
