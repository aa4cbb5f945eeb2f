package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Switches choose between the behaviours that reports about the real API
// disagree on, or that a test wants to see. The zero value is the documented
// default of each; the package comment has the table. The JSON names are the
// keys of [Switches.Set].
type Switches struct {
	HeadingMode     string `json:"heading_mode"`
	NestedLists     string `json:"nested_lists"`
	Callouts        string `json:"callouts"`
	Details         string `json:"details"`
	Spacers         string `json:"spacers"`
	ImageFailure    string `json:"image_failure"`
	SignImages      string `json:"sign_images"`
	DeleteColl      string `json:"delete_collection"`
	DefaultLocale   string `json:"tc_default_locale"`
	MissingLocale   string `json:"tc_missing"`
	TranslationBump string `json:"tc_bumps_root"`
	AuthorReassign  string `json:"author_reassign"`
	DepartedAuthor  string `json:"departed_author"`
	PublishPending  string `json:"publish_pending"`
	ParentNull      string `json:"parent_null"`
	ParentDrift     string `json:"parent_drift"`
	ChildHelpCenter string `json:"child_help_center"`
	Names           string `json:"collection_names"`
	PagesNext       string `json:"pages_next"`
	MaxPerPage      string `json:"max_per_page"`
	DraftMissing    string `json:"draft_missing"`
	Draft422        string `json:"draft_422"`
	ReadOnly        string `json:"read_only"`
	RateLimit       string `json:"rate_limit"`
	Latency         string `json:"latency"`
	ErrorRate       string `json:"error_rate"`
	HTML403Rate     string `json:"html_403_rate"`
}

// option is one switch: where it is kept and what it takes. The first value is
// the default; without values, parse says what is accepted.
type option struct {
	field  *string
	values []string
	preset string
	parse  func(string) error
}

func (s *Switches) options() map[string]option {
	one := func(field *string, values ...string) option {
		return option{field: field, values: values, preset: values[0]}
	}
	other := func(field *string, preset string, parse func(string) error) option {
		return option{field: field, preset: preset, parse: parse}
	}
	return map[string]option{
		"heading_mode":      one(&s.HeadingMode, "relative4", "relative2", "h2", "keep"),
		"nested_lists":      one(&s.NestedLists, "accept", "reject"),
		"callouts":          one(&s.Callouts, "keep", "strip"),
		"details":           one(&s.Details, "keep", "strip"),
		"spacers":           one(&s.Spacers, "off", "on"),
		"image_failure":     one(&s.ImageFailure, "reject", "placeholder"),
		"sign_images":       one(&s.SignImages, "on", "off"),
		"delete_collection": one(&s.DeleteColl, "detach", "reject", "delete-articles"),
		"tc_default_locale": one(&s.DefaultLocale, "omit", "include"),
		"tc_missing":        one(&s.MissingLocale, "mix", "absent", "null", "empty"),
		"tc_bumps_root":     one(&s.TranslationBump, "off", "on"),
		"author_reassign":   one(&s.AuthorReassign, "off", "on"),
		"departed_author":   one(&s.DepartedAuthor, "accept", "reject"),
		"publish_pending":   one(&s.PublishPending, "publish", "keep"),
		"parent_null":       one(&s.ParentNull, "ignore", "detach", "reject"),
		"parent_drift":      one(&s.ParentDrift, "off", "on"),
		"child_help_center": one(&s.ChildHelpCenter, "null", "id"),
		"collection_names":  one(&s.Names, "escaped", "raw"),
		"pages_next":        one(&s.PagesNext, "string", "object", "null"),
		"draft_missing":     one(&s.DraftMissing, "error", "empty"),
		"draft_422":         one(&s.Draft422, "list", "message"),
		"read_only":         one(&s.ReadOnly, "off", "on"),
		"max_per_page":      other(&s.MaxPerPage, "250", isCount),
		"rate_limit":        other(&s.RateLimit, "1667/10s", func(v string) error { _, _, err := parseRate(v); return err }),
		"latency":           other(&s.Latency, "0s", func(v string) error { _, err := time.ParseDuration(v); return err }),
		"error_rate":        other(&s.ErrorRate, "0", isShare),
		"html_403_rate":     other(&s.HTML403Rate, "0", isShare),
	}
}

// Set takes one switch as "key=value". An unknown key or value is an error that
// lists what is known. An empty value puts the default back.
func (s *Switches) Set(kv string) error {
	key, value, ok := strings.Cut(kv, "=")
	opts := s.options()
	opt, known := opts[key]
	switch {
	case !ok:
		return fmt.Errorf("switch %q: write it as key=value", kv)
	case !known:
		return fmt.Errorf("switch %q: there is none of that name, only %s", key, strings.Join(slices.Sorted(maps.Keys(opts)), ", "))
	case value == "":
	case opt.parse != nil:
		if err := opt.parse(value); err != nil {
			return fmt.Errorf("switch %s=%s: %w", key, value, err)
		}
	case !slices.Contains(opt.values, value):
		return fmt.Errorf("switch %s=%s: it takes %s", key, value, strings.Join(opt.values, ", "))
	}
	*opt.field = value
	return nil
}

// filled is a copy in which every default is spelled out.
func (s Switches) filled() Switches {
	for _, opt := range s.options() {
		if *opt.field == "" {
			*opt.field = opt.preset
		}
	}
	return s
}

// check reports the first switch that holds something it does not take.
func (s Switches) check() error {
	opts := s.options()
	for _, key := range slices.Sorted(maps.Keys(opts)) {
		if err := s.Set(key + "=" + *opts[key].field); err != nil {
			return err
		}
	}
	return nil
}

func isCount(v string) error {
	if n, err := strconv.Atoi(v); err != nil || n < 1 {
		return fmt.Errorf("want a number above 0")
	}
	return nil
}

func isShare(v string) error {
	if f, err := strconv.ParseFloat(v, 64); err != nil || !(f >= 0 && f <= 1) {
		return fmt.Errorf("want a share from 0 to 1")
	}
	return nil
}

// parseRate reads "167/10s": so many calls in each window of that length. "off"
// never refuses.
func parseRate(v string) (calls int, window time.Duration, err error) {
	if v == "off" {
		return 0, 10 * time.Second, nil
	}
	n, w, ok := strings.Cut(v, "/")
	calls, err = strconv.Atoi(n)
	if err == nil && ok {
		window, err = time.ParseDuration(w)
	}
	if err != nil || !ok || calls < 1 || window < time.Second {
		return 0, 0, fmt.Errorf(`want "off" or calls per window, such as 167/10s`)
	}
	return calls, window, nil
}
