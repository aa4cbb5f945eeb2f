package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hcsync/hcsync/internal/sandbox"
)

// wireText is one language of an object in an export.
type wireText struct {
	Title, Name, Description, Body, State string
	Pending                               json.RawMessage `json:"sandbox_pending"`
}

type wireObject struct {
	ID, Type string
	Default  string  `json:"default_locale"`
	Parents  []int64 `json:"parent_ids"`
	Parent   any     `json:"parent_id"`
	wireText
	Translations map[string]json.RawMessage `json:"translated_content"`
}

// texts gives every language of an object.
func (o *wireObject) texts() map[string]wireText {
	if o.Default == "" {
		o.Default = "en" // as where there is one language
	}
	out := map[string]wireText{o.Default: o.wireText}
	for l, raw := range o.Translations {
		var t wireText
		if l != o.Default && l != "type" && json.Unmarshal(raw, &t) == nil && t.Title+t.Name+t.Body != "" {
			out[l] = t
		}
	}
	return out
}

// birth finds the word that names an object.
func (o *wireObject) birth() string {
	for _, t := range o.texts() {
		if birth := birthWord.FindString(t.Body + " " + t.Description); birth != "" {
			return birth
		}
	}
	return ""
}

// home is where an object stands, by the births of collections.
func (o *wireObject) home(births map[string]string) string {
	if o.Type != "article" {
		return births[fmt.Sprint(o.Parent)]
	}
	var in []string
	for _, id := range o.Parents {
		in = append(in, births[fmt.Sprint(id)])
	}
	slices.Sort(in)
	return strings.Join(in, " ")
}

// export reads the workspace, articles by birth.
func (w *world) export() (articles map[string]*wireObject, all []*wireObject, err error) {
	return exported(w.server)
}

func exported(server *sandbox.Server) (articles map[string]*wireObject, all []*wireObject, err error) {
	var buf bytes.Buffer
	if err := server.Export(&buf); err != nil {
		return nil, nil, err
	}
	articles = map[string]*wireObject{}
	for d := json.NewDecoder(&buf); d.More(); {
		var doc struct{ Data []json.RawMessage }
		if err := d.Decode(&doc); err != nil {
			return nil, nil, err
		}
		for _, raw := range doc.Data {
			o := &wireObject{}
			if err := json.Unmarshal(raw, o); err != nil {
				return nil, nil, err
			}
			if o.Type == "article" || o.Name != "" {
				all = append(all, o)
			}
			if o.Type == "article" {
				articles[o.birth()] = o
			}
		}
	}
	return articles, all, nil
}

// live is what Intercom holds.
func (w *world) live() (*side, error) { return sideOf(w.server) }

// sideOf is what a workspace holds.
func sideOf(server *sandbox.Server) (*side, error) {
	_, all, err := exported(server)
	if err != nil {
		return nil, err
	}
	s := newSide()
	births := map[string]string{}
	for _, o := range all {
		if o.Type != "article" {
			births[o.ID] = o.birth()
		}
	}
	for _, o := range all {
		birth := o.birth()
		if birth == "" {
			return nil, fmt.Errorf("unknown: %s %s has no birth", o.Type, o.ID)
		}
		s.births = append(s.births, birth)
		s.places[birth] = o.home(births)
		for l, t := range o.texts() {
			s.add(slot{birth, l, "title"}, t.Title+t.Name)
			s.add(slot{birth, l, "description"}, t.Description)
			s.add(slot{birth, l, "body"}, t.Body)
			s.add(slot{birth, l, "state"}, t.State)
			s.add(slot{birth, l, "pending"}, string(t.Pending))
		}
	}
	return s, nil
}
