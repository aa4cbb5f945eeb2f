package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
	"github.com/hcsync/hcsync/internal/sandbox"
)

// dialect is a way in which versions of the API page.
type dialect struct {
	version  string
	switches sandbox.Switches
}

// TestMovingLists reads a workspace whose lists teammates change between the
// pages: whatever they do, every object is there once, as it is at the end.
func TestMovingLists(t *testing.T) {
	dialects := []dialect{
		{"2.9", sandbox.Switches{}}, // with sections, a list of their own
		{"2.10", sandbox.Switches{PagesNext: "object"}},
		{"2.14", sandbox.Switches{PagesNext: "null"}},
		{"2.16", sandbox.Switches{MaxPerPage: "3"}}, // fewer than were asked for
		{"Preview", sandbox.Switches{}},
	}
	for _, d := range dialects {
		t.Run(d.version, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(12) {
				f := newFloor(t, d, seed)
				c, err := intercom.New(intercom.Options{BaseURL: f.url, Token: token, Version: d.version, PerPage: 4})
				check(t, err)
				f.server.OnRequest(f.disturb)
				got, err := c.Snapshot(t.Context())
				f.server.OnRequest(nil)
				check(t, err)
				f.compare(got)
				if t.Failed() {
					t.Fatalf("after the moves %v (seed %d)", f.done, seed)
				}
			}
		})
	}
}

// floor is a workspace with teammates at work.
type floor struct {
	t      *testing.T
	server *sandbox.Server
	url    string

	mu   sync.Mutex
	rand *rand.Rand
	// seconds is the clock, which the server reads from all its requests.
	seconds atomic.Int64
	// root is the collection that holds others.
	root string
	// titles holds what is there by list and id.
	titles map[string]map[string]string
	// left is how many moves are still to be made in a list; more than three
	// would be more than a reading stands.
	left map[string]int
	done []string
}

// The lists. Only 2.9 has sections in one of their own.
const (
	articles    = "articles"
	collections = "collections"
	sections    = "sections"
)

func newFloor(t *testing.T, d dialect, seed uint64) *floor {
	t.Helper()
	f := &floor{
		t: t, rand: rand.New(rand.NewPCG(seed, 7)),
		titles: map[string]map[string]string{articles: {}, collections: {}, sections: {}},
		left:   map[string]int{articles: 3, collections: 3, sections: 3},
	}
	f.server, f.url = sandbox.NewTest(t, sandbox.Options{Switches: d.switches, Now: f.tick})
	for i := range 22 {
		f.create(articles, fmt.Sprintf("A%d", i))
	}
	f.root = f.create(collections, "C")
	for i := range 9 {
		f.create(collections, fmt.Sprintf("C%d", i))
		f.create(sections, fmt.Sprintf("S%d", i))
	}
	if d.version != "2.9" {
		maps.Copy(f.titles[collections], f.titles[sections])
		clear(f.titles[sections])
	}
	return f
}

// tick is a clock on which no two changes fall together.
func (f *floor) tick() time.Time {
	return time.Unix(1_700_000_000+f.seconds.Add(1), 0)
}

func (f *floor) control(call string, body any) string {
	data, err := json.Marshal(body)
	if err != nil {
		f.t.Error(err)
	}
	resp, err := http.Post(f.url+"/_sandbox/"+call, "application/json", bytes.NewReader(data))
	if err != nil {
		f.t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	var answer struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		f.t.Errorf("%s: %s, %v", call, resp.Status, err)
	}
	return answer.ID
}

func (f *floor) create(list, title string) string {
	body := map[string]any{named(list): title}
	if list == sections {
		body["parent_id"] = f.root
	}
	id := f.control(kind(list), body)
	f.titles[list][id] = title
	return id
}

// kind gives what the controls call the objects of a list.
func kind(list string) string {
	if list == sections {
		return collections
	}
	return list
}

func named(list string) string {
	if list == articles {
		return "title"
	}
	return "name"
}

// disturb makes some of the moves before the pages of a list are answered.
func (f *floor) disturb(r sandbox.Request) {
	list := path.Base(r.Path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(r.Query["page"]) == 0 || f.left[list] == 0 || f.rand.IntN(3) > 0 {
		return
	}
	f.left[list]--
	id := f.any(list)
	at := kind(list) + "/" + id
	move := []string{"edit", "create", "delete"}[f.rand.IntN(3)]
	f.done = append(f.done, move+" "+at+" before page "+r.Query.Get("page"))
	switch move {
	case "edit":
		f.titles[list][id] += "+"
		f.control(at+"/ui-edit", map[string]any{named(list): f.titles[list][id]})
	case "create":
		f.create(list, fmt.Sprintf("N%d", f.left[list]))
	case "delete":
		delete(f.titles[list], id)
		f.control(at+"/ui-delete", map[string]any{})
	}
}

// any picks one of what is there, but not the collection that holds others.
func (f *floor) any(list string) string {
	ids := slices.Sorted(maps.Keys(f.titles[list]))
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == f.root })
	return ids[f.rand.IntN(len(ids))]
}

func (f *floor) compare(got model.Snapshot) {
	seen := map[string]bool{}
	for _, o := range got.Objects {
		title, there := f.titles[articles][o.ID]
		if o.Kind == model.Collection {
			title, there = f.collection(o.ID)
		}
		if !there || title != o.Title() || seen[o.Key().String()] {
			f.t.Errorf("%s is read as %q and is %q, there: %v, seen before: %v", o.Key(), o.Title(), title, there, seen[o.Key().String()])
		}
		seen[o.Key().String()] = true
	}
	want := len(f.titles[articles]) + len(f.titles[collections]) + len(f.titles[sections])
	if len(got.Objects) != want {
		f.t.Errorf("%d objects were read, and there are %d", len(got.Objects), want)
	}
}

func (f *floor) collection(id string) (title string, there bool) {
	if title, there = f.titles[sections][id]; there {
		return title, true
	}
	title, there = f.titles[collections][id]
	return title, there
}
