package diff

import (
	"testing"

	"github.com/hcsync/hcsync/internal/model"
)

// tree adds the collections 11 (acme/more) and 12 (acme/start/sub) to a world.
func tree() *world {
	w := newWorld()
	w.synced(collectionFile("11", "acme/more", in(values{model.Title: "More"})), collection("11", in(values{model.Title: "More"})))
	w.synced(collectionFile("12", "acme/start/sub", in(values{model.Title: "Sub"})), collection("12", in(values{model.Title: "Sub"}), "10"))
	return w
}

func TestMovedArticle(t *testing.T) {
	more := []model.Ref{{ID: "11", Path: "acme/more"}}
	tests := []struct {
		name     string
		folder   string
		alsoIn   []model.Ref // nil: no such key
		complete bool
		base     []string // live parents that were agreed
		live     []string
		many     bool // API version Preview
		want     []string
	}{
		{"stays", "acme/start", nil, false, []string{"10"}, []string{"10"}, false, nil},
		{"here", "acme/more", nil, false, []string{"10"}, []string{"10"}, false, []string{"» acme/more/a.md into [11]"}},
		{"there", "acme/start", nil, false, []string{"10"}, []string{"11"}, false, []string{"drift acme/start/a.md : moved in Intercom More"}},
		{"here and there, to the same place", "acme/more", nil, false, []string{"10"}, []string{"11"}, false, nil},
		{"here and there", "acme/start/sub", nil, false, []string{"10"}, []string{"11"}, false, []string{"conflict acme/start/sub/a.md : moved here and in Intercom"}},
		{"out of all", "_unlisted", nil, true, []string{"10"}, []string{"10"}, false, []string{"conflict _unlisted/a.md : this API version cannot take an article out of all collections"}},
		{"out of all, Preview", "_unlisted", nil, true, []string{"10"}, []string{"10"}, true, []string{"» _unlisted/a.md into []"}},
		{"out of several", "acme/more", nil, false, []string{"10", "12"}, []string{"10", "12"}, false, []string{"conflict acme/more/a.md : this API version cannot move an article that is in several collections"}},
		{"out of several, Preview: those the file is silent about stay", "acme/more", nil, false, []string{"10", "12"}, []string{"10", "12"}, true, []string{"» acme/more/a.md into [11 12]"}},
		{"one more parent in Intercom, not managed", "acme/start", nil, false, []string{"10"}, []string{"10", "12"}, false, nil},
		{"one more parent in Intercom, managed", "acme/start", []model.Ref{}, true, []string{"10"}, []string{"10", "12"}, false, []string{"drift acme/start/a.md : moved in Intercom Start, Sub"}},
		{"also_in says what is live", "acme/start", more, true, []string{"10"}, []string{"11", "10"}, false, nil},
		{"also_in adds one", "acme/start", more, true, []string{"10"}, []string{"10"}, false, []string{"conflict acme/start/a.md : this API version cannot move an article that is in several collections"}},
		{"also_in adds one, Preview", "acme/start", more, true, []string{"10"}, []string{"10"}, true, []string{"» acme/start/a.md into [10 11]"}},
		{"also_in takes one away, Preview", "acme/start", []model.Ref{}, true, []string{"10", "11"}, []string{"10", "11"}, true, []string{"» acme/start/a.md into [10]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := tree()
			w.ManyParents = tt.many
			o := articleFile("20", tt.folder+"/a.md", in(hello))
			o.Parents, o.ParentsComplete = append(o.Parents, tt.alsoIn...), tt.complete
			w.local(o)
			w.remote(article("20", in(hello), tt.live...))
			w.base(agreedOn(articleFile("20", "acme/start/a.md", in(hello)), article("20", in(hello), tt.base...)))
			w.expect(t, tt.want...)
		})
	}
}

func TestMovedCollection(t *testing.T) {
	tests := []struct {
		name, folder string
		live         []string
		want         []string
	}{
		{"to the first level", "acme/sub", []string{"10"}, []string{"» acme/sub into []"}},
		{"to another parent", "acme/more/sub", []string{"10"}, []string{"» acme/more/sub into [11]"}},
		{"and renamed", "acme/more/below", []string{"10"}, []string{"» acme/more/below into [11]"}},
		{"renamed only", "acme/start/below", []string{"10"}, []string{"renamed acme/start/below from acme/start/sub"}},
		{"to the first level in Intercom", "acme/start/sub", nil, []string{"drift acme/start/sub : moved in Intercom no collection"}},
		{"into a new collection", "acme/new/sub", []string{"10"}, []string{`+ acme/new en title="New"`, "» acme/new/sub into [acme/new]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := tree()
			drop(&w.Local, model.Collection, "12")
			drop(&w.Remote, model.Collection, "12")
			if tt.name == "into a new collection" {
				w.local(collectionFile("", "acme/new", in(values{model.Title: "New"})))
			}
			w.local(collectionFile("12", tt.folder, in(values{model.Title: "Sub"})))
			w.remote(collection("12", in(values{model.Title: "Sub"}), tt.live...))
			w.expect(t, tt.want...)
		})
	}
}

// An article moves with its collection: nothing of its own changes.
func TestWhatIsInAMovedCollectionStays(t *testing.T) {
	w := tree()
	w.synced(articleFile("20", "acme/start/sub/a.md", in(hello)), article("20", in(hello), "12"))
	drop(&w.Local, model.Collection, "12")
	drop(&w.Local, model.Article, "20")
	w.local(collectionFile("12", "acme/more/sub", in(values{model.Title: "Sub"})))
	w.local(articleFile("20", "acme/more/sub/a.md", in(hello)))
	w.expect(t, "» acme/more/sub into [11]")
}

func TestOtherHelpCenter(t *testing.T) {
	const refused = "the API cannot move a collection to another help center"
	center := func(o model.Object) model.Object { o.HelpCenter = "2"; return o }
	base := func(w *world) {
		w.Remote.HelpCenters = append(w.Remote.HelpCenters, model.HelpCenter{ID: "2", Default: "en", Multilingual: true})
	}
	t.Run("a first-level collection moved here", func(t *testing.T) {
		w := tree()
		base(w)
		drop(&w.Local, model.Collection, "11")
		w.local(center(collectionFile("11", "beta/more", in(values{model.Title: "More"}))))
		w.expect(t, "conflict beta/more : "+refused)
	})
	t.Run("a first-level collection moved in Intercom", func(t *testing.T) {
		w := tree()
		base(w)
		drop(&w.Remote, model.Collection, "11")
		w.remote(center(collection("11", in(values{model.Title: "More"}))))
		w.expect(t, "drift acme/more : moved in Intercom no collection")
	})
	t.Run("with what is in it", func(t *testing.T) {
		w := tree()
		base(w)
		drop(&w.Local, model.Collection, "10")
		drop(&w.Local, model.Collection, "12")
		w.local(center(collectionFile("10", "beta/start", in(values{model.Title: "Start"}))))
		w.local(center(collectionFile("12", "beta/start/sub", in(values{model.Title: "Sub"}))))
		w.expect(t, "conflict beta/start : "+refused)
	})
	t.Run("a folder of another name is the same help center", func(t *testing.T) {
		w := tree()
		drop(&w.Local, model.Collection, "11")
		w.local(collectionFile("11", "acme-help/more", in(values{model.Title: "More"})))
		w.expect(t)
	})
}
