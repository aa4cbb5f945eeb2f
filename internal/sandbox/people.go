package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type wireMe struct {
	Type          string     `json:"type"`
	ID            string     `json:"id"`
	Email         string     `json:"email"`
	Name          string     `json:"name"`
	EmailVerified bool       `json:"email_verified"`
	HasInboxSeat  bool       `json:"has_inbox_seat"`
	Avatar        wireAvatar `json:"avatar"`
	App           wireApp    `json:"app"`
}

type wireAvatar struct {
	Type     string `json:"type"`
	ImageURL string `json:"image_url"`
}

type wireApp struct {
	Type                 string `json:"type"`
	IDCode               string `json:"id_code"`
	Name                 string `json:"name"`
	CreatedAt            int64  `json:"created_at"`
	Secure               bool   `json:"secure"`
	IdentityVerification bool   `json:"identity_verification"`
	Timezone             string `json:"timezone"`
	Region               string `json:"region"`
}

type wireAdmin struct {
	Type             string      `json:"type"`
	Email            string      `json:"email"`
	ID               string      `json:"id"`
	Name             string      `json:"name"`
	AwayModeEnabled  bool        `json:"away_mode_enabled"`
	AwayModeReassign bool        `json:"away_mode_reassign"`
	HasInboxSeat     bool        `json:"has_inbox_seat"`
	TeamIDs          []int64     `json:"team_ids"`
	Avatar           *wireAvatar `json:"avatar,omitempty"`
}

func (c *call) getMe() (any, error) {
	ws := c.st.Workspace
	me := c.st.Admins[ws.AdminID]
	return wireMe{
		Type: "admin", ID: strconv.FormatInt(me.ID, 10), Email: me.Email, Name: me.Name, EmailVerified: true, HasInboxSeat: true,
		Avatar: wireAvatar{Type: "avatar"},
		App:    wireApp{Type: "app", IDCode: ws.ID, Name: ws.Name, CreatedAt: ws.Created, Timezone: "Etc/UTC", Region: ws.Region},
	}, nil
}

func (c *call) admin(a *admin) wireAdmin {
	w := wireAdmin{Type: "admin", Email: a.Email, ID: strconv.FormatInt(a.ID, 10), Name: a.Name, HasInboxSeat: true, TeamIDs: []int64{}}
	if c.query.Get("display_avatar") == "true" {
		w.Avatar = &wireAvatar{Type: "avatar"}
	}
	return w
}

func (c *call) listAdmins() (any, error) {
	admins := []wireAdmin{}
	for _, a := range sorted(c.st.Admins) {
		if !a.Left {
			admins = append(admins, c.admin(a))
		}
	}
	return map[string]any{"type": "admin.list", "admins": admins}, nil
}

func (c *call) getAdmin() (any, error) {
	a := c.st.Admins[c.id("id")]
	if a == nil || a.Left {
		return nil, &apiError{http.StatusNotFound, "admin_not_found", "Admin not found", ""}
	}
	return c.admin(a), nil
}

type wireTag struct {
	Type      string     `json:"type"`
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	AppliedAt *int64     `json:"applied_at,omitempty"`
	AppliedBy *wireByWho `json:"applied_by,omitempty"`
}

type wireByWho struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// appliedTags escapes names, as recorded answers do.
func (c *call) appliedTags(a *article) *wireTags {
	w := &wireTags{Type: "tag.list", Tags: []wireTag{}}
	for _, t := range a.Tags {
		if row := c.st.Tags[t.ID]; row != nil {
			w.Tags = append(w.Tags, c.applied16(row, t))
		}
	}
	return w
}

func (c *call) applied16(row *tag, t appliedTag) wireTag {
	return wireTag{
		Type: "tag", ID: strconv.FormatInt(t.ID, 10), Name: c.name(row.Name), AppliedAt: &t.At,
		AppliedBy: &wireByWho{"admin", strconv.FormatInt(t.By, 10)},
	}
}

func (c *call) listTags() (any, error) {
	data := []wireTag{}
	for _, t := range sorted(c.st.Tags) {
		data = append(data, wireTag{Type: "tag", ID: strconv.FormatInt(t.ID, 10), Name: t.Name})
	}
	return wireList{Type: "list", Data: data}, nil
}

// createTag gives the tag of that name, made now or before.
func (c *call) createTag() (any, error) {
	name, err := c.params.str("name")
	if err != nil {
		return nil, err
	}
	if name == nil || strings.TrimSpace(*name) == "" {
		return nil, missing("name is required")
	}
	for _, t := range sorted(c.st.Tags) {
		if strings.EqualFold(t.Name, *name) {
			return wireTag{Type: "tag", ID: strconv.FormatInt(t.ID, 10), Name: t.Name}, nil
		}
	}
	t := &tag{c.next("tags"), *name}
	c.edit.Tags[t.ID] = t
	return wireTag{Type: "tag", ID: strconv.FormatInt(t.ID, 10), Name: t.Name}, nil
}

// tagged finds the article and the tag that a tag endpoint is about.
func (c *call) tagged(id int64) (*article, *tag, error) {
	a := c.st.Articles[c.id("id")]
	if a == nil {
		return nil, nil, &apiError{http.StatusNotFound, "article_not_found", "Article not found", ""}
	}
	t := c.st.Tags[id]
	if t == nil {
		return nil, nil, &apiError{http.StatusNotFound, "tag_not_found", "Tag not found", ""}
	}
	return a.clone(), t, nil
}

func (c *call) addTag() (any, error) {
	id, err := c.params.num("id")
	if err != nil {
		return nil, err
	}
	a, t, err := c.tagged(id)
	if err != nil {
		return nil, err
	}
	mark := appliedTag{t.ID, c.now, c.st.Workspace.AdminID}
	a.Tags = append(slices.DeleteFunc(a.Tags, func(x appliedTag) bool { return x.ID == t.ID }), mark)
	c.edit.Articles[a.ID] = a
	return c.applied16(t, mark), nil
}

func (c *call) removeTag() (any, error) {
	a, t, err := c.tagged(c.id("tag"))
	if err != nil {
		return nil, err
	}
	a.Tags = slices.DeleteFunc(a.Tags, func(x appliedTag) bool { return x.ID == t.ID })
	c.edit.Articles[a.ID] = a
	return map[string]any{"type": "tag", "id": strconv.FormatInt(t.ID, 10), "name": t.Name, "applied_at": nil, "applied_by": nil}, nil
}
