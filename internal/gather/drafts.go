package gather

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/model"
)

// drafts reads the text of every pending draft, with one request for each
// article that has any. One that is published or discarded in the meantime stays
// unread.
func (s Sources) drafts(ctx context.Context, remote model.Snapshot) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(asking)
	for i := range remote.Objects {
		o := &remote.Objects[i]
		if !pending(o) {
			continue
		}
		g.Go(func() error {
			found, err := s.Client.Drafts(ctx, o.Key())
			if err != nil && !errors.Is(err, intercom.ErrNotFound) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for l, d := range found {
				if c, ok := o.Contents[l]; ok && c.PendingDraft != nil {
					c.PendingDraft = &d
					o.Contents[l] = c
				}
			}
			return nil
		})
	}
	return g.Wait()
}

func pending(o *model.Object) bool {
	for _, c := range o.Contents {
		if c.PendingDraft != nil {
			return true
		}
	}
	return false
}
