package push

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hcsync/hcsync/internal/diff"
	"github.com/hcsync/hcsync/internal/intercom"
	"github.com/hcsync/hcsync/internal/markup"
	"github.com/hcsync/hcsync/internal/model"
)

// complete adds the texts that are sent as they are live, because a pending
// draft gives way.
func complete(fields map[model.Field]string, o *diff.Override) {
	if o == nil {
		return
	}
	for _, f := range o.Fields {
		if _, changed := fields[f.Field]; !changed {
			fields[f.Field] = f.Send
		}
	}
}

// parted takes the texts that go live through a draft out of a call. An article
// that is not public has no text beside its own, and one that is being taken
// off must not be published first: there everything stays in the one call.
func parted(c *diff.Change, fresh *model.Object, w intercom.Write) (staged, rest intercom.Write) {
	staged = intercom.Write{Kind: w.Kind, Default: w.Default, Multilingual: w.Multilingual, Contents: map[model.Locale]map[model.Field]string{}}
	rest = w
	rest.Contents = maps.Clone(w.Contents)
	for _, l := range c.Contents {
		fields := w.Contents[l.Locale]
		if l.Override == nil || fresh.Contents[l.Locale].Fields[model.State] != model.Published || fields[model.State] == model.Draft {
			continue
		}
		texts, others := map[model.Field]string{}, maps.Clone(fields)
		for _, f := range model.Texts() {
			texts[f] = fields[f]
			delete(others, f)
		}
		staged.Contents[l.Locale] = texts
		if rest.Contents[l.Locale] = others; len(others) == 0 {
			delete(rest.Contents, l.Locale)
		}
	}
	return staged, rest
}

// override puts the whole planned text of a locale over a teammate's draft and
// publishes that: the one way that the API documents to make a text live where
// a draft is pending (intercom-api.md sections 2.6 and 2.9). What goes live
// otherwise follows in a second call.
func (e *Executor) override(ctx context.Context, c *diff.Change, fresh *model.Object, w, staged, rest intercom.Write) Outcome {
	answer, err := e.Client.StageDraft(ctx, fresh.Key(), staged)
	if err != nil {
		return failed(c, err) // nothing of it can be live
	}
	if kept := notStaged(c, staged, &answer); kept != "" {
		return Outcome{Change: c, Status: Partly, Live: fresh, Message: kept + " of the pending draft still has its old value; nothing was published"}
	}
	live, err := e.publish(ctx, fresh.Key(), staged)
	if err != nil {
		return cutOff(c, fmt.Errorf("the draft holds the text to be sent, and was not published; push again with `--override-drafts`: %w", err))
	}
	judge := func(sent intercom.Write, live *model.Object) Outcome {
		o := e.judge(c, sent, fresh, live)
		disown(&o, staged, &answer)
		return o
	}
	if len(rest.Contents) == 0 && rest.Parent == nil && rest.Parents == nil {
		return judge(w, &live)
	}
	all, err := e.Client.Update(ctx, fresh.Key(), rest)
	if err != nil {
		o := judge(staged, &live)
		o.Status, o.Message, o.Err, o.Unsure = Failed, err.Error(), err, unsure(err)
		return o
	}
	return judge(w, &all)
}

// disown records no agreement with a text that went live and is not the one that
// was staged: a teammate has gone on with the draft between the two calls, and
// what that changed is for the next plan to show.
func disown(o *Outcome, staged intercom.Write, answer *model.Object) {
	var theirs []string
	for _, l := range o.Change.Contents {
		if _, ok := staged.Contents[l.Locale]; !ok {
			continue
		}
		was, now := answer.Contents[l.Locale].Fields, o.Live.Contents[l.Locale].Fields
		for _, f := range model.Texts() {
			if !sameValue(f, markup.StripSignatures(was[f]), markup.StripSignatures(now[f])) {
				delete(o.Taken[l.Locale], f)
				theirs = append(theirs, string(l.Locale)+" "+string(f))
			}
		}
	}
	if len(theirs) > 0 {
		o.Status = Partly
		o.Message = strings.TrimPrefix(o.Message+"; ", "; ") + strings.Join(theirs, ", ") +
			": a teammate went on with the draft while it was being published, and that text is live now; plan again"
	}
}

// publish makes staged texts live. Where the answer is lost, the article tells
// whether that was done: then no draft is left.
func (e *Executor) publish(ctx context.Context, key model.Key, staged intercom.Write) (model.Object, error) {
	live, lost := e.Client.PublishDraft(ctx, key, staged)
	if !errors.Is(lost, intercom.ErrUnknownOutcome) {
		return live, lost
	}
	live, err := e.Client.Get(ctx, key)
	if err != nil {
		return live, lost
	}
	for l := range staged.Contents {
		if live.Contents[l].PendingDraft != nil {
			return live, lost
		}
	}
	return live, nil
}

// notStaged names the first text of the teammate's that is still in the draft:
// published, it would go live unseen.
func notStaged(c *diff.Change, staged intercom.Write, answer *model.Object) string {
	for _, l := range c.Contents {
		sent, ok := staged.Contents[l.Locale]
		if !ok {
			continue
		}
		for _, f := range model.Texts() {
			got := markup.StripSignatures(answer.Contents[l.Locale].Fields[f])
			if sameValue(f, c.Live.Contents[l.Locale].PendingDraft.Fields[f], got) && !arrived(f, sent[f], got) {
				return string(l.Locale) + " " + string(f)
			}
		}
	}
	return ""
}
