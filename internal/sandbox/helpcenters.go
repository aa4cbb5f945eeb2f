package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

type wireHelpCenter struct {
	ID              string  `json:"id"`
	WorkspaceID     string  `json:"workspace_id"`
	CreatedAt       int64   `json:"created_at"`
	UpdatedAt       int64   `json:"updated_at"`
	Identifier      string  `json:"identifier"`
	WebsiteTurnedOn bool    `json:"website_turned_on"`
	DisplayName     *string `json:"display_name"`
	URL             string  `json:"url"`
	CustomDomain    *string `json:"custom_domain"`
	*wireHelpCenter16
}

type wireHelpCenter16 struct {
	Default bool     `json:"default"`
	Locales []string `json:"locales"`
}

// settle fills in what a help center cannot be without.
func (h *helpCenter) settle() {
	if h.Locale == "" && len(h.Locales) > 0 {
		h.Locale = h.Locales[0]
	}
	if h.Locale == "" {
		h.Locale = "en"
	}
	if !slices.Contains(h.Locales, h.Locale) {
		h.Locales = append([]string{h.Locale}, h.Locales...)
	}
	if h.Identifier == "" {
		h.Identifier = "help-center-" + strconv.FormatInt(h.ID, 10)
	}
}

func (c *call) helpCenter(h *helpCenter) wireHelpCenter {
	w := wireHelpCenter{
		ID: strconv.FormatInt(h.ID, 10), WorkspaceID: c.st.Workspace.ID, CreatedAt: h.Created, UpdatedAt: h.Updated,
		Identifier: h.Identifier, WebsiteTurnedOn: !h.TurnedOff, URL: c.siteURL(h),
	}
	if h.Name != "" {
		w.DisplayName = &h.Name
	}
	if h.CustomDomain != "" {
		w.CustomDomain = &h.CustomDomain
	}
	if c.v >= v16 {
		w.wireHelpCenter16 = &wireHelpCenter16{h.Default, h.Locales}
	}
	return w
}

// listHelpCenters gives them all unless it is asked for pages, which it tells
// nothing of: Intercom's own client asks on until a page is empty.
func (c *call) listHelpCenters() (any, error) {
	all := sorted(c.st.HelpCenters)
	p, err := c.page(max(len(all), 1))
	if err != nil {
		return nil, err
	}
	rows, _ := cut(c, p, all)
	data := []wireHelpCenter{}
	for _, h := range rows {
		data = append(data, c.helpCenter(h))
	}
	return wireList{Type: "list", Data: data}, nil
}

func (c *call) getHelpCenter() (any, error) {
	if h := c.st.HelpCenters[c.id("id")]; h != nil {
		return c.helpCenter(h), nil
	}
	return nil, notFound()
}

type wireRedirect struct {
	ID           string `json:"id"`
	Type         string `json:"type"`
	FromURL      string `json:"from_url"`
	Locale       string `json:"locale"`
	HelpCenterID string `json:"help_center_id"`
	TargetType   string `json:"target_type"`
	TargetID     string `json:"target_id"`
	CreatedAt    int64  `json:"created_at"`
	UpdatedAt    int64  `json:"updated_at"`
}

func (r *redirect) wire() wireRedirect {
	return wireRedirect{
		strconv.FormatInt(r.ID, 10), "help_center_redirect", r.From, r.Locale, strconv.FormatInt(r.HelpCenter, 10),
		r.Type, strconv.FormatInt(r.Target, 10), r.Created, r.Updated,
	}
}

func (c *call) listRedirects() (any, error) {
	if c.st.HelpCenters[c.id("hc")] == nil {
		return nil, notFound()
	}
	p, err := c.page(50)
	if err != nil {
		return nil, err
	}
	all := newestFirst(c.st.Redirects, func(r *redirect) int64 { return r.Updated }, func(r *redirect) int64 { return r.ID })
	all = slices.DeleteFunc(all, func(r *redirect) bool { return r.HelpCenter != c.id("hc") })
	rows, pages := cut(c, p, all)
	data := make([]wireRedirect, len(rows))
	for i, r := range rows {
		data[i] = r.wire()
	}
	return list(data, len(all), pages), nil
}

func (c *call) findRedirect() (*redirect, error) {
	r := c.st.Redirects[c.id("id")]
	if r == nil || r.HelpCenter != c.id("hc") {
		return nil, notFound()
	}
	return r, nil
}

func (c *call) getRedirect() (any, error) {
	r, err := c.findRedirect()
	if err != nil {
		return nil, err
	}
	return r.wire(), nil
}

func (c *call) deleteRedirect() (any, error) {
	r, err := c.findRedirect()
	if err != nil {
		return nil, err
	}
	c.edit.Redirects[r.ID] = nil
	return wireDeleted{strconv.FormatInt(r.ID, 10), "help_center_redirect", true}, nil
}

func (c *call) createRedirect() (any, error) {
	hc := c.st.HelpCenters[c.id("hc")]
	if hc == nil {
		return nil, notFound()
	}
	field := map[string]string{}
	for _, name := range []string{"from_url", "locale", "target_type", "target_id"} {
		var v flexID
		if !c.params.set(name) || v.UnmarshalJSON(c.params[name]) != nil || v == "" {
			return nil, missing(name + " is required")
		}
		field[name] = string(v)
	}
	r := &redirect{HelpCenter: hc.ID, From: field["from_url"], Locale: field["locale"], Type: field["target_type"], Created: c.now, Updated: c.now}
	r.Target, _ = strconv.ParseInt(field["target_id"], 10, 64)
	if err := c.checkRedirect(hc, r); err != nil {
		return nil, err
	}
	r.ID = c.next("redirects")
	c.edit.Redirects[r.ID] = r
	return r.wire(), nil
}

// checkRedirect gives the errors of intercom-api.md 2.16.
func (c *call) checkRedirect(hc *helpCenter, r *redirect) error {
	switch r.Type {
	case "article":
		if c.st.Articles[r.Target] == nil {
			return notFound()
		}
	case "collection":
		if c.st.Collections[r.Target] == nil {
			return notFound()
		}
	default:
		return invalid("target_type must be 'article' or 'collection'")
	}
	from, err := url.Parse(r.From)
	home := c.siteURL(hc)
	if err != nil || !from.IsAbs() || !strings.HasPrefix(r.From, home+"/") {
		return unprocessable("data_invalid", "from_url must be an absolute URL within this help center's URL space")
	}
	for _, other := range c.st.Redirects {
		if other.HelpCenter == hc.ID && other.From == r.From {
			return &apiError{http.StatusConflict, "resource_conflict", "A redirect with that URL already exists", ""}
		}
	}
	return nil
}
