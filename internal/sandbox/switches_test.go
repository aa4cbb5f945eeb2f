package sandbox

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSetSwitches(t *testing.T) {
	var sw Switches
	for key, opt := range sw.options() {
		for _, value := range append(slices.Clone(opt.values), "") {
			if err := sw.Set(key + "=" + value); err != nil {
				t.Error(err)
			}
		}
		if opt.parse != nil {
			if err := opt.parse(opt.preset); err != nil {
				t.Errorf("%s: its default: %v", key, err)
			}
		}
	}
	if sw != (Switches{}) {
		t.Errorf("empty values left %+v", sw)
	}
	if (Switches{}).filled() != sw.filled() || sw.filled().HeadingMode != "relative4" {
		t.Errorf("filled %+v", sw.filled())
	}
	for kv, reason := range map[string]string{
		"heading_mode": "key=value", "colour=red": "heading_mode, ", "heading_mode=h3": "relative4, relative2", "rate_limit=5": "167/10s",
		"error_rate=2": "0 to 1", "max_per_page=0": "above 0", "latency=soon": "latency", "rate_limit=0/10s": "167/10s", "error_rate=NaN": "0 to 1",
	} {
		if err := sw.Set(kv); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: error %v, want one with %q", kv, err, reason)
		}
	}
	if _, err := Open(Options{Switches: Switches{Callouts: "maybe"}}); err == nil {
		t.Error("opened with a switch that there is not")
	}
}

// TestDocumentation holds the package comment to the code.
func TestDocumentation(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`\s+`).ReplaceAllString(string(doc), " ")
	var sw Switches
	for key, opt := range sw.options() {
		if !strings.Contains(text, "// "+key+" "+strings.TrimSuffix(opt.preset, "/10s")) {
			t.Errorf("switch %s and its default %s are not in the table", key, opt.preset)
		}
		for _, value := range opt.values {
			if !strings.Contains(text, value) {
				t.Errorf("%s=%s is not in the table", key, value)
			}
		}
	}
	for _, kind := range faultKinds() {
		if !strings.Contains(text, "// "+kind+" ") {
			t.Errorf("fault %s is not in the table", kind)
		}
	}
	for _, c := range controls() {
		if !strings.Contains(text, c.method+" "+c.pattern+" ") {
			t.Errorf("control %s %s is not in the table", c.method, c.pattern)
		}
	}
}

func TestControls(t *testing.T) {
	s, c := seeded(t, "en", "fr")
	a := id(c.article(object{"state": "published", "translated_content": object{"fr": object{"title": "F"}}}))
	path := "/_sandbox/articles/" + a
	before := c.do("GET", "/articles/"+a, nil)
	o := c.do("POST", path+"/ui-edit", object{"body": `<h3 id="h_0123456789">x</h3>`, "title": "theirs"})
	if o["title"] != "theirs" || o["body"] != `<h3 id="h_0123456789">x</h3>` || before["title"] == "theirs" {
		t.Errorf("edited %v", o)
	}
	c.do("POST", path+"/ui-edit", object{"locale": "fr", "title": "G", "draft": true})
	if o := c.do("GET", "/articles/"+a, nil); o["translated_content"].(object)["fr"].(object)["title"] != "G" {
		t.Errorf("what is not live has no pending text: %v", o)
	}
	c.do("POST", path+"/ui-edit", object{"title": "pending", "draft": true})
	c.do("POST", path+"/ui-discard-draft", nil)
	c.refused(http.StatusNotFound, "GET", "/articles/"+a+"/draft", nil)
	c.do("POST", path+"/ui-edit", object{"title": "pending", "draft": true})
	c.do("POST", path+"/ui-publish-draft", nil)
	if o := c.do("GET", "/articles/"+a, nil); o["title"] != "pending" {
		t.Errorf("published %v", o)
	}
	k := c.do("POST", "/_sandbox/collections", object{"name": "K"})
	c.do("POST", path+"/ui-move", object{"parent_ids": []string{id(k)}})
	c.do("POST", "/_sandbox/collections/"+id(k)+"/ui-edit", object{"name": "L"})
	c.do("POST", path+"/ui-delete-locale", object{"locale": "fr"})
	c.want(http.StatusBadRequest, "POST", path+"/ui-delete-locale", object{"locale": "en"})
	c.want(http.StatusBadRequest, "POST", path+"/ui-edit", object{"titel": "misspelt"})
	c.do("PATCH", "/_sandbox/help_centers/501", object{"locales": []string{"en", "fr", "es"}})
	if o := c.do("GET", "/help_center/help_centers/501", nil); len(o["locales"].([]any)) != 3 {
		t.Errorf("help center %v", o)
	}
	b := c.do("POST", "/_sandbox/articles", object{"title": "made there", "translated_content": object{"es": object{"title": "E"}}})
	c.do("PATCH", "/_sandbox/help_centers/501", object{"default_locale": "es"})
	if o := c.do("GET", "/articles/"+id(b), nil); o["title"] != "E" || o["default_locale"] != "es" {
		t.Errorf("after the default locale changed: %v", o)
	}
	ops := c.do("POST", "/_sandbox/admins", object{"name": "Ops", "email": "ops@acme.test"})
	c.do("DELETE", "/_sandbox/admins/"+id(ops), nil)
	c.do("POST", path+"/ui-delete", nil)
	c.do("POST", "/_sandbox/collections/"+id(k)+"/ui-delete", nil)
	if resp, data := c.raw("POST", "/_sandbox/faults", object{"kind": "503"}); resp.StatusCode != 200 || string(data) != `[{"kind":"503"}]` {
		t.Errorf("armed %s", data)
	}
	c.want(http.StatusServiceUnavailable, "GET", "/me", nil)
	c.want(http.StatusBadRequest, "POST", "/_sandbox/faults", object{"kind": "fire"})
	if resp, data := c.raw("DELETE", "/_sandbox/faults", nil); resp.StatusCode != 200 || string(data) != "[]" {
		t.Errorf("faults %s", data)
	}
	c.want(http.StatusBadRequest, "PATCH", "/_sandbox/switches", object{"callouts": "maybe"})
	c.want(http.StatusNotFound, "GET", "/_sandbox/else", nil)
	exported := export(t, s)
	c.do("POST", "/_sandbox/reset", nil)
	if resp, data := c.raw("GET", "/_sandbox/export", nil); resp.StatusCode != 200 || string(data) == exported {
		t.Error("the reset left the workspace as it was")
	}
	if st := c.do("GET", "/_sandbox/status", nil); st["articles"] != 0.0 || st["workspace_id"] != freshWorkspaceID {
		t.Errorf("status %v", st)
	}
	if resp, _ := c.raw("GET", "/_sandbox/requests", nil); resp.StatusCode != 200 {
		t.Error("no requests")
	}
}
