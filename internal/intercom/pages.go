package intercom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/errgroup"
)

const (
	// maxWalks bounds how often a list is read that moves under the reading.
	maxWalks = 4
	// maxPages keeps a server from sending the walk on for ever.
	maxPages = 20_000
)

// item is one entry of a list. Its key and the time it was changed tell whether
// the list is still the same.
type item interface {
	check() error
	key() string
	changed() int64
}

// page is one page of a list (intercom-api.md section 4). What it says of the
// next page is ignored: it may name another host.
type page[T item] struct {
	Data  data[T] `json:"data"`
	Total *number `json:"total_count"`
	Pages paging  `json:"pages"`
}

func (p *page[T]) check() error {
	if !p.Data.given {
		return errors.New("it holds no list (data)")
	}
	for i, it := range p.Data.items {
		if err := it.check(); err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	return nil
}

// data tells a list that is null, and so empty, from one that is missing.
type data[T any] struct {
	given bool
	items []T
}

func (d *data[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	d.given = true
	return json.UnmarshalDecode(in, &d.items)
}

// paging is the `pages` of a list, which may be null.
type paging struct{ total int }

func (p *paging) UnmarshalJSON(b []byte) error {
	var wire struct {
		TotalPages number `json:"total_pages"`
	}
	if unmarshal(b, &wire) == nil {
		p.total = int(wire.TotalPages)
	}
	return nil
}

// lastPage gives the number of the last page, 0 where nothing tells it. A
// server that gives fewer items than it was asked for says so, if at all, by
// the length of its first page.
func (p *page[T]) lastPage() int {
	n := len(p.Data.items)
	switch {
	case p.Pages.total > 0:
		return p.Pages.total
	case n == 0:
		return 1
	case p.Total != nil:
		return (max(int(*p.Total), n) + n - 1) / n
	}
	return 0
}

// same says whether two readings of the first page, the newest items, give the
// same list.
func (p *page[T]) same(q *page[T]) bool {
	if (p.Total == nil) != (q.Total == nil) || (p.Total != nil && *p.Total != *q.Total) {
		return false
	}
	return slices.EqualFunc(p.Data.items, q.Data.items, func(a, b T) bool {
		return a.key() == b.key() && a.changed() == b.changed()
	})
}

// walk reads one list.
type walk[T item] struct {
	c    *Client
	path string
	// whole marks a list that comes in one answer unless it says otherwise.
	whole bool
}

// all reads the list, complete and without repetitions.
//
// A page number is a place in a list whose newest items stand first, so an item
// that is changed during the walk pushes others over a page's edge, and one that
// is deleted lets one slip. Either shows in the first page or in the count.
func (w walk[T]) all(ctx context.Context) ([]T, error) {
	first, err := w.page(ctx, 1)
	if err != nil {
		return nil, err
	}
	for range maxWalks {
		items, requests, err := w.from(ctx, first)
		if err != nil {
			return nil, err
		}
		enough := first.Total == nil || len(items) >= int(*first.Total)
		if requests == 1 && enough {
			return items, nil
		}
		again, err := w.page(ctx, 1)
		if err != nil {
			return nil, err
		}
		if enough && again.same(first) {
			return items, nil
		}
		first = again
	}
	return nil, &Error{
		Op: "GET " + w.path, Message: fmt.Sprintf("the list did not hold still in %d readings, or it has fewer items than it says", maxWalks),
		Hint: "try again when nobody is changing many articles",
	}
}

// from completes a walk whose first page is there, and tells how many pages it
// took.
func (w walk[T]) from(ctx context.Context, first *page[T]) ([]T, int, error) {
	last := first.lastPage()
	if last == 0 && w.whole {
		last = 1
	}
	if last > maxPages {
		return nil, 0, w.endless()
	}
	if last == 0 {
		return w.onward(ctx, first)
	}
	pages := make([]*page[T], last)
	pages[0] = first
	read := w.tally(first)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(w.c.reading))
	for i := 1; i < last; i++ {
		g.Go(func() (err error) {
			if pages[i], err = w.page(ctx, i+1); err == nil {
				read(pages[i])
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, 0, err
	}
	return merge(pages), last, nil
}

// tally tells how much of the list was read, after each page of a walk.
func (w walk[T]) tally(first *page[T]) (read func(*page[T])) {
	var mu sync.Mutex
	n, total := 0, 0
	if first.Total != nil {
		total = int(*first.Total)
	}
	read = func(p *page[T]) {
		mu.Lock()
		defer mu.Unlock()
		n += len(p.Data.items)
		w.c.listed(w.path, n, total)
	}
	read(first)
	return read
}

// onward reads page by page where nothing tells how many there are, until one
// is shorter than the first or brings nothing new, as from a server that does
// not know pages.
func (w walk[T]) onward(ctx context.Context, first *page[T]) ([]T, int, error) {
	pages := []*page[T]{first}
	items := merge(pages)
	read := w.tally(first)
	for len(pages) < maxPages {
		next, err := w.page(ctx, len(pages)+1)
		if err != nil {
			return nil, 0, err
		}
		pages = append(pages, next)
		read(next)
		before := len(items)
		items = merge(pages[len(pages)-1:], items...)
		if len(next.Data.items) < len(first.Data.items) || len(items) == before {
			return items, len(pages), nil
		}
	}
	return nil, 0, w.endless()
}

func (w walk[T]) endless() error {
	return &Error{Op: "GET " + w.path, Message: fmt.Sprintf("the list has more than %d pages", maxPages)}
}

// merge appends what pages hold, each object once.
func merge[T item](pages []*page[T], items ...T) []T {
	n := len(items)
	for _, p := range pages {
		n += len(p.Data.items)
	}
	items = slices.Grow(items, n-len(items))
	seen := make(map[string]bool, n)
	for _, it := range items {
		seen[it.key()] = true
	}
	for _, p := range pages {
		for _, it := range p.Data.items {
			if !seen[it.key()] {
				seen[it.key()] = true
				items = append(items, it)
			}
		}
	}
	return items
}

func (w walk[T]) page(ctx context.Context, n int) (*page[T], error) {
	select {
	case w.c.reading <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-w.c.reading }()
	r := get(w.path)
	if !w.whole || n > 1 {
		r.query = url.Values{"page": {strconv.Itoa(n)}, "per_page": {strconv.Itoa(w.c.perPage)}}
	}
	r.bodies = w.c.body
	var p page[T]
	if err := w.c.call(ctx, r, &p); err != nil {
		return nil, err
	}
	return &p, nil
}
