package gather

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
)

// asking is how many objects are asked for at the same time.
const asking = 4

// Confirm asks Intercom for each object, and each locale of one, that a plan
// believes deleted there because the lists did not have it. The function tells
// which of them are really gone.
func Confirm(ctx context.Context, client *intercom.Client, p *diff.Plan) (func(model.Key, model.Locale) bool, error) {
	var mu sync.Mutex
	answers := map[model.Key]*model.Object{} // nil for what is not there
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(asking)
	for key := range believedGone(p) {
		g.Go(func() error {
			o, err := client.Get(ctx, key)
			if err != nil && !errors.Is(err, intercom.ErrNotFound) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			answers[key] = nil
			if err == nil {
				answers[key] = &o
			}
			return nil
		})
	}
	err := g.Wait()
	return func(key model.Key, l model.Locale) bool {
		o, asked := answers[key]
		if o == nil || l == "" {
			return asked && o == nil
		}
		_, there := model.In(o.Contents, l)
		return !there
	}, err
}

func believedGone(p *diff.Plan) map[model.Key]bool {
	keys := map[model.Key]bool{}
	add := func(a diff.About, what diff.What) {
		if what == diff.Gone || what == diff.LocaleOff {
			keys[model.Key{Kind: a.Kind, ID: a.ID}] = true
		}
	}
	for _, d := range p.Drift {
		add(d.About, d.What)
	}
	for _, c := range p.Conflicts {
		add(c.About, c.What)
	}
	return keys
}
