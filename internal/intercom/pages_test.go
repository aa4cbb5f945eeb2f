package intercom

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hcsync/hcsync/internal/model"
)

// shelf serves a list of articles, newest first, in one of the dialects of
// paging.
type shelf struct {
	// most clamps per_page.
	most int
	// pages makes the `pages` of an answer; nil leaves it null.
	pages func(page, perPage, total int) any
	// total leaves total_count out if false.
	total bool
	// deaf serves the whole list for every page.
	deaf bool
	// moves is called before an answer, with the number of the call.
	moves func(s *shelf, call int)

	mu    sync.Mutex
	ids   []int
	calls int
}

func newShelf(n int) *shelf {
	s := &shelf{most: 150, pages: fullPages, total: true}
	for i := range n {
		s.ids = append(s.ids, n-i)
	}
	return s
}

func fullPages(page, perPage, total int) any {
	return map[string]any{"type": "pages", "page": page, "per_page": perPage, "total_pages": (total + perPage - 1) / perPage}
}

// touch makes an article the newest.
func (s *shelf) touch(id int) {
	s.remove(id)
	s.ids = slices.Insert(s.ids, 0, id)
}

func (s *shelf) remove(id int) {
	s.ids = slices.DeleteFunc(s.ids, func(x int) bool { return x == id })
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.moves != nil {
		s.moves(s, s.calls)
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	perPage, _ := strconv.Atoi(r.FormValue("per_page"))
	perPage = min(perPage, s.most)
	if page < 1 || perPage < 1 {
		saysJSON(400, `{"errors":[{"code":"parameter_invalid"}]}`)(w, r)
		return
	}
	ids := s.ids[min((page-1)*perPage, len(s.ids)):min(page*perPage, len(s.ids))]
	if s.deaf {
		ids = s.ids
	}
	answer := map[string]any{"type": "list", "pages": nil}
	var items []map[string]any
	for _, id := range ids {
		items = append(items, map[string]any{"id": strconv.Itoa(id), "title": fmt.Sprint("Article ", id), "updated_at": 1000})
	}
	answer["data"] = items // null when there are none
	if s.total {
		answer["total_count"] = len(s.ids)
	}
	if s.pages != nil {
		answer["pages"] = s.pages(page, perPage, len(s.ids))
	}
	json.NewEncoder(w).Encode(answer)
}

func (s *shelf) workspace() http.Handler {
	mux := workspace(list(`{"id":"1"}`), list(""), "")
	outer := http.NewServeMux()
	outer.Handle("GET /articles", s)
	outer.Handle("/", mux)
	return outer
}

// articles gives the ids in a snapshot, sorted, and the number of calls for
// them.
func (s *shelf) read(t *testing.T, change ...func(*Options)) ([]int, int, error) {
	t.Helper()
	got, err := client(t, s.workspace(), change...).Snapshot(t.Context())
	var ids []int
	for _, o := range got.Objects {
		n, _ := strconv.Atoi(o.ID)
		ids = append(ids, n)
	}
	slices.Sort(ids)
	return ids, s.calls, err
}

func TestEveryDialectOfPaging(t *testing.T) {
	next := func(v any) func(page, perPage, total int) any {
		return func(page, perPage, total int) any {
			m := fullPages(page, perPage, total).(map[string]any)
			m["next"] = v
			return m
		}
	}
	quoted := func(page, perPage, total int) any {
		return map[string]any{"page": fmt.Sprint(page), "total_pages": fmt.Sprint((total + perPage - 1) / perPage)}
	}
	tests := []struct {
		name   string
		n      int
		change func(*shelf)
		calls  int
	}{
		{"empty", 0, nil, 1},
		{"empty, nothing told", 0, func(s *shelf) { s.pages, s.total = nil, false }, 1},
		{"one page", 3, nil, 1},
		{"one page, exactly full", 150, nil, 1},
		{"two pages and a recheck", 151, nil, 3},
		{"many pages", 1000, nil, 8},
		{"a server that clamps", 1000, func(s *shelf) { s.most = 50 }, 21},
		{"numbers as strings", 400, func(s *shelf) { s.pages = quoted }, 4},
		{"next is an address elsewhere", 400, func(s *shelf) { s.pages = next("https://evil.test/articles?page=2") }, 4},
		{"next is an object", 400, func(s *shelf) { s.pages = next(map[string]any{"page": 2, "starting_after": "x"}) }, 4},
		{"next is null on all pages", 400, func(s *shelf) { s.pages = next(nil) }, 4},
		{"pages is null", 400, func(s *shelf) { s.pages = nil }, 4},
		{"pages is null, one page", 20, func(s *shelf) { s.pages = nil }, 1},
		{"pages is null, clamped", 400, func(s *shelf) { s.pages, s.most = nil, 100 }, 5},
		{"pages is no object", 400, func(s *shelf) { s.pages = func(int, int, int) any { return "none" } }, 4},
		{"no total", 400, func(s *shelf) { s.total = false }, 4},
		{"nothing told", 400, func(s *shelf) { s.pages, s.total = nil, false }, 4},
		{"nothing told, clamped", 400, func(s *shelf) { s.pages, s.total, s.most = nil, false, 100 }, 6},
		{"nothing told, one page", 20, func(s *shelf) { s.pages, s.total = nil, false }, 3},
		{"nothing told, no paging", 400, func(s *shelf) { s.pages, s.total, s.deaf = nil, false, true }, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newShelf(tt.n)
			if tt.change != nil {
				tt.change(s)
			}
			ids, calls, err := s.read(t)
			if err != nil {
				t.Fatal(err)
			}
			if len(ids) != tt.n || tt.n > 0 && (ids[0] != 1 || ids[tt.n-1] != tt.n) {
				t.Errorf("read %d of %d articles", len(ids), tt.n)
			}
			if calls != tt.calls {
				t.Errorf("%d calls, want %d", calls, tt.calls)
			}
		})
	}
}

func TestAListThatMovesUnderTheWalk(t *testing.T) {
	one := func(o *Options) { o.Concurrency, o.PerPage = 1, 10 }
	tests := []struct {
		name  string
		moves func(s *shelf, call int)
		want  int // the number of articles, all of them
		calls int
	}{
		// 45 articles: pages 1 to 5, then a second look at page 1.
		{"an article not yet read is changed", func(s *shelf, call int) {
			if call == 3 {
				s.touch(1)
			}
		}, 45, 6 + 5},
		{"an article already read is deleted", func(s *shelf, call int) {
			if call == 3 {
				s.remove(44)
			}
		}, 44, 6 + 5},
		{"one is added", func(s *shelf, call int) {
			if call == 3 {
				s.touch(46)
			}
		}, 46, 6 + 5},
		{"one is deleted and another added", func(s *shelf, call int) {
			if call == 3 {
				s.remove(45)
				s.touch(46)
			}
		}, 45, 6 + 5},
		{"twice", func(s *shelf, call int) {
			if call == 3 || call == 9 {
				s.touch(1 + call)
			}
		}, 45, 6 + 5 + 5},
		{"the list shrinks to one page", func(s *shelf, call int) {
			if call == 3 {
				s.ids = s.ids[:7]
			}
		}, 7, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newShelf(45)
			s.moves = tt.moves
			ids, calls, err := s.read(t, one)
			if err != nil {
				t.Fatal(err)
			}
			if len(ids) != tt.want {
				t.Errorf("read %d articles, want %d: %v", len(ids), tt.want, ids)
			}
			for _, id := range s.ids {
				if !slices.Contains(ids, id) {
					t.Errorf("article %d was missed", id)
				}
			}
			if calls != tt.calls {
				t.Errorf("%d calls, want %d", calls, tt.calls)
			}
		})
	}
}

func TestAListThatNeverHoldsStill(t *testing.T) {
	s := newShelf(45)
	s.moves = func(s *shelf, call int) { s.touch(1 + call%45) }
	_, calls, err := s.read(t, func(o *Options) { o.PerPage = 10 })
	if err == nil || !strings.Contains(err.Error(), "GET /articles: ") || calls != 4*5+1 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

func TestAnIncompleteListIsAnError(t *testing.T) {
	claims := `{"type":"list","total_count":9,"data":[{"id":"1"}],"pages":{"page":1,"per_page":150,"total_pages":1}}`
	tests := map[string]string{
		"fewer than counted":    claims,
		"no data":               `{"type":"list"}`,
		"data is no list":       `{"type":"list","data":{"id":"1"}}`,
		"an article without id": list(`{"id":"1"},{"title":"x"}`),
		"an empty entry":        list(`{"id":"1"},null`),
		"an id of letters":      list(`{"id":"../me"}`),
		"a body of objects":     list(`{"id":"1","body":{"html":"x"}}`),
		"pages without end":     `{"data":[{"id":"1"}],"pages":{"total_pages":99999999}}`,
		"an error with 200":     `{"type":"error.list","errors":[{"code":"server_error"}]}`,
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := client(t, workspace(list(""), list(""), body)).Snapshot(t.Context())
			if err == nil || got.Objects != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestOneFailedPageFailsTheSnapshot(t *testing.T) {
	s := newShelf(45)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("page") == "3" {
			saysJSON(401, `{"errors":[{"code":"token_revoked"}]}`)(w, r)
			return
		}
		s.workspace().ServeHTTP(w, r)
	})
	got, err := client(t, h, func(o *Options) { o.PerPage = 10 }).Snapshot(t.Context())
	if !errors.Is(err, ErrAuth) || got.Objects != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestConcurrencyOfReads(t *testing.T) {
	s := newShelf(200)
	var mu sync.Mutex
	now, most := 0, 0
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		s.workspace().ServeHTTP(w, r)
		mu.Lock()
		now--
		mu.Unlock()
	})
	_, err := client(t, h, func(o *Options) { o.PerPage, o.Concurrency = 5, 3 }).Snapshot(t.Context())
	if err != nil || most > 3 {
		t.Errorf("%d reads at the same time: %v", most, err)
	}
}

func TestManyCollections(t *testing.T) {
	collections := newShelf(301)
	mux := http.NewServeMux()
	mux.Handle("GET /help_center/collections", collections)
	mux.Handle("/", workspace(list(`{"id":"1"}`), "", list("")))
	c := client(t, mux)
	s := snapshot(t, c)
	if len(s.Objects) != 301 || s.Objects[0].Kind != model.Collection || c.Calls().Total() != 1+1+3+1 {
		t.Errorf("%d objects in %v", len(s.Objects), c.Calls())
	}
}

func TestReadingIsTold(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/articles", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("page"))
		fmt.Fprintf(w, `{"data":[{"id":"%d"},{"id":"%d"}],"total_count":6,"pages":{"total_pages":3}}`, 2*n, 2*n+1)
	})
	var got []string
	c := client(t, mux, func(o *Options) {
		o.PerPage = 2
		o.Listed = func(list string, read, total int) { got = append(got, fmt.Sprintf("%s %d/%d", list, read, total)) }
	})
	if _, err := (walk[object]{c, articlesPath, false}).all(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/articles 2/6", "/articles 4/6", "/articles 6/6"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}
