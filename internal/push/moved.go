package push

import (
	"context"
	"errors"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// moved names the first planned field whose live value is no longer the one
// that the plan was made from.
func moved(c *diff.Change, fresh *model.Object) string {
	for _, l := range c.Contents {
		was, now := c.Live.Contents[l.Locale], fresh.Contents[l.Locale]
		for _, f := range l.Written() {
			if !sameValue(f.Field, was.Fields[f.Field], markup.StripSignatures(now.Fields[f.Field])) {
				return string(l.Locale) + " " + string(f.Field)
			}
		}
	}
	if c.Parent != nil && !sameParents(c.Live.Parents, fresh.Parents) {
		return "its collection"
	}
	return ""
}

// draftMoved says what is no longer as the plan saw it of the pending drafts in
// the locales that are written; "" where all is.
func (e *Executor) draftMoved(ctx context.Context, c *diff.Change, fresh *model.Object) (string, error) {
	overrides := false
	for _, l := range c.Contents {
		was, now := c.Live.Contents[l.Locale].PendingDraft, fresh.Contents[l.Locale].PendingDraft
		switch {
		case was == nil && now != nil:
			return "a teammate has begun a draft of " + string(l.Locale), nil
		case l.Override != nil && now == nil:
			return "the pending draft of " + string(l.Locale) + " was published or discarded", nil
		}
		overrides = overrides || l.Override != nil
	}
	if !overrides {
		return "", nil
	}
	drafts, err := e.Client.Drafts(ctx, fresh.Key())
	if err != nil && !errors.Is(err, intercom.ErrNotFound) {
		return "", err
	}
	for _, l := range c.Contents {
		if l.Override != nil && !sameTexts(c.Live.Contents[l.Locale].PendingDraft.Fields, drafts[l.Locale].Fields) {
			return "the pending draft of " + string(l.Locale) + " changed in Intercom", nil
		}
	}
	return "", nil
}

func sameTexts(was, now map[model.Field]string) bool {
	for _, f := range model.Texts() {
		if now == nil || !sameValue(f, was[f], markup.StripSignatures(now[f])) {
			return false
		}
	}
	return true
}
