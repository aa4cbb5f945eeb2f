package intercom

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/hcsync/hcsync/internal/model"
)

// Drafts gives what is pending of an article, by locale (API 2.16,
// intercom-api.md section 2.9): one request. An article without any is
// [ErrNotFound].
func (c *Client) Drafts(ctx context.Context, key model.Key) (map[model.Locale]model.PendingDraft, error) {
	o := wanted{id: key.ID}
	err := c.at(key, func(path string, _ bool) error { return c.call(ctx, get(path+"/draft"), &o) })
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.places.object(c.version, key.Kind, o.object, "")
	out := map[model.Locale]model.PendingDraft{}
	for l, content := range m.Contents {
		if d := content.PendingDraft; d != nil {
			out[l] = model.PendingDraft{Fields: textsOf(content.Fields), By: o.editor(l, m.Default), UpdatedAt: d.UpdatedAt}
		}
	}
	return out, nil
}

func textsOf(fields map[model.Field]string) map[model.Field]string {
	out := map[model.Field]string{}
	for _, f := range model.Texts() {
		out[f] = fields[f]
	}
	return out
}

// editor gives the admin who wrote what the answer shows of a locale. In the
// answer with a draft that is whoever edited the draft: the specification of
// 2.16 calls updated_by_id the last editor of "this content version".
func (o object) editor(l, def model.Locale) string {
	for _, t := range o.Translated.list {
		if t.locale.Is(l) && t.UpdatedBy != "" {
			return string(t.UpdatedBy)
		}
	}
	if l.Is(def) {
		return string(o.UpdatedBy)
	}
	return ""
}

// StageDraft puts texts beside what is live, over the draft that is pending if
// there is one. What is live stays; states are not taken, and an article that
// was never published is [ErrInvalid]. The answer holds the texts as a
// [Client.PublishDraft] makes them live: the server rewrites bodies here as
// anywhere.
func (c *Client) StageDraft(ctx context.Context, key model.Key, w Write) (model.Object, error) {
	w.Kind = key.Kind
	var staged model.Object
	err := c.at(key, func(path string, _ bool) (err error) {
		staged, err = c.write(ctx, http.MethodPut, path+"/draft", false, w, key.ID)
		return err
	})
	return staged, err
}

// PublishDraft makes the pending drafts of the locales that were staged with w
// live, and gives the article as the server holds it now. A locale without a
// draft is [ErrInvalid], and nothing is published. After [ErrUnknownOutcome] it
// may have been done.
func (c *Client) PublishDraft(ctx context.Context, key model.Key, w Write) (model.Object, error) {
	w.Kind = key.Kind
	var live model.Object
	err := c.at(key, func(path string, _ bool) error {
		r := &request{method: http.MethodPost, path: path + "/draft/publish"}
		var err error
		if w.Multilingual { // without it the API takes no locale
			if r.body, err = encode(map[string]any{"locales": slices.Sorted(maps.Keys(w.Contents))}); err != nil {
				return err
			}
		}
		live, err = c.object(ctx, r, w, key.ID)
		return err
	})
	return live, err
}
