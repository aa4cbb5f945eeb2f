package intent

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/model"
)

func sample() *Intent {
	moved := update(newTitle(), newBody())
	moved.Op, moved.Move = diff.Move, &Move{From: []model.Ref{{ID: "10"}}, To: []model.Ref{{ID: "11", Path: "x"}}, Home: []model.Ref{}}
	moved.Locales[0].Base = map[model.Field]Value{}
	return &Intent{Run: "ABC234", Owner: Owner{Host: "h", Boot: "b", PID: 7, Born: "1"}, Start: began, Main: "m", Beat: 3,
		Changes: []Change{moved, create("a.md", "A <b> & c", "x")}}
}

func TestEncode(t *testing.T) {
	text, err := Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "A <b> & c") {
		t.Errorf("escapes what reads well: %s", text)
	}
	back, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample(), back); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, _ := Encode(sample())
	for name, bad := range map[string]string{
		"nothing":        "",
		"half":           good[:len(good)/2],
		"two":            good + good,
		"unknown member": strings.Replace(good, `"beat"`, `"pulse"`, 1),
		"no run":         strings.Replace(good, "ABC234", "", 1),
		"a path as run":  strings.Replace(good, "ABC234", "../X", 1),
		"no object":      strings.Replace(good, `"article"`, `"page"`, 1),
		"no id":          strings.Replace(good, `"id": "20"`, `"id": ""`, 1),
		"an odd id":      strings.Replace(good, `"id": "20"`, `"id": "-x"`, 1),
		"an odd op":      strings.Replace(good, `"move",`, `"copy",`, 1),
	} {
		if bad == good {
			t.Fatalf("%s: changes nothing", name)
		}
		if in, err := Decode(bad); err == nil {
			t.Errorf("%s: took %+v", name, in)
		}
	}
	twice := sample()
	twice.Changes = append(twice.Changes, twice.Changes[1])
	if text, err := Encode(twice); err == nil {
		t.Errorf("two changes of one file: %s", text)
	}
	huge := sample()
	huge.Changes[0].Locales[0].Fields[1].Local = strings.Repeat("x", maxSize)
	if _, err := Encode(huge); err == nil || !strings.Contains(err.Error(), "one after the other") {
		t.Errorf("wrote what cannot be read: %v", err)
	}
}

// FuzzDecode never panics, and what it takes it writes and reads back the same.
func FuzzDecode(f *testing.F) {
	good, err := Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(`{"run":"A","changes":null}`)
	f.Add("{}")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := Decode(text)
		if err != nil {
			return
		}
		out, err := Encode(in)
		if err != nil {
			t.Fatalf("took what it does not write: %v", err)
		}
		back, err := Decode(out)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Encode(back); err != nil || again != out {
			t.Errorf("changes when written again: %v\n%s\n%s", err, out, again)
		}
		Settle(in, World{Live: model.Snapshot{Objects: []model.Object{live20(said("title", "New", "body", p("x")), "10")}}})
	})
}

func TestAnswers(t *testing.T) {
	a := Answer{Kind: model.Article, Path: "a.md", ID: "30", Placed: true,
		Taken: map[model.Locale]map[model.Field]Value{"en": {model.Body: {true, "a\nb", "<p>&</p>"}}}}
	line, err := a.Line()
	if err != nil || strings.Count(line, "\n") != 1 {
		t.Fatalf("%q, %v", line, err)
	}
	for name, tt := range map[string]struct {
		text string
		want int
	}{
		"nothing":              {"", 0},
		"two":                  {line + line, 2},
		"the last one torn":    {line + line[:len(line)/2], 1},
		"without its line end": {line + strings.TrimSuffix(line, "\n"), 1},
		"zeros in between":     {line + strings.Repeat("\x00", 50) + "\n" + line, 2},
		"no id":                {strings.Replace(line, `"30"`, `""`, 1), 0},
	} {
		got := Answers(tt.text)
		if len(got) != tt.want {
			t.Errorf("%s: %d answers, want %d", name, len(got), tt.want)
		}
		if len(got) > 0 && !cmp.Equal(got[0], a) {
			t.Errorf("%s: %s", name, cmp.Diff(a, got[0]))
		}
	}
}

// FuzzAnswers never panics on a torn journal.
func FuzzAnswers(f *testing.F) {
	f.Add("{\"kind\":\"article\",\"path\":\"a.md\",\"id\":\"3\",\"taken\":{}}\n{\"kind\"")
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range Answers(text) {
			if !a.valid() {
				t.Errorf("took %+v", a)
			}
		}
	})
}
