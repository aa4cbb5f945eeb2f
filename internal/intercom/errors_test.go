package intercom

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hcsync/hcsync/internal/model"
)

func TestErrorTexts(t *testing.T) {
	const post, put = "POST", "PUT"
	tests := []struct {
		name, method string
		h            http.HandlerFunc
		want         string
	}{
		{"one error", put,
			saysJSON(400, `{"type":"error.list","request_id":"b1f2","errors":[{"code":"parameter_invalid","message":"Title is too long","field":"title"}]}`),
			"PUT /articles/7: 400 parameter_invalid: Title is too long (field title) (request b1f2)"},
		{"several errors", post,
			saysJSON(422, `{"type":"error.list","request_id":null,"errors":[{"code":"a","message":"One"},{"code":"b","message":null}]}`),
			"POST /articles: 422 a: One; b (request header-id)"},
		{"another shape", put, saysJSON(422, `{"message":"Not so","status":422}`), "PUT /articles/7: 422: Not so (request header-id)"},
		{"control characters", put, saysJSON(400, `{"errors":[{"code":"x\u001b[31m","message":"a\nhint: \u202eb"}]}`),
			"PUT /articles/7: 400 x [31m: a hint:  b (request header-id)"},
		{"rights", put, saysJSON(403, `{"errors":[{"code":"forbidden","message":"No"}]}`),
			"PUT /articles/7: 403 forbidden: No (request header-id)\nhint: give the token the rights to read and write articles and the help center, in Intercom's Developer Hub"},
		{"a plan", put, saysJSON(403, `{"errors":[{"code":"api_plan_restricted","message":"No"}]}`),
			"PUT /articles/7: 403 api_plan_restricted: No (request header-id)\nhint: the workspace's plan does not include this"},
		{"lost", post, saysJSON(503, `{"errors":[{"code":"service_unavailable","message":"Later"}]}`),
			"POST /articles: 503 service_unavailable: Later (request header-id)\nhint: " + lookFirst("POST /articles")},
		{"a page", post, says(502, "text/html", "<h1>Bad gateway</h1>"),
			"POST /articles: 502: the answer is no error of the API (text/html): \"<h1>Bad gateway</h1>\" (request header-id)\nhint: " + lookFirst("POST /articles")},
		{"half an object", post, saysJSON(200, `{"id":"7",`),
			"POST /articles: 200: the answer is no whole JSON object (application/json; charset=utf-8): \"{\\\"id\\\":\\\"7\\\",\" (request header-id)\nhint: " + lookFirst("POST /articles")},
		{"nothing", post, saysJSON(200, ""), "POST /articles: 200: the answer is empty (request header-id)\nhint: " + lookFirst("POST /articles")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", "header-id")
				tt.h(w, r)
			}))
			var err error
			if tt.method == post {
				_, err = c.Create(t.Context(), Write{Kind: model.Article})
			} else {
				_, err = c.Update(t.Context(), key7, Write{})
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, tt.want)
			}
		})
	}
}

// hosted answers for any host.
type hosted struct{ h http.Handler }

func (h hosted) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.h.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestTokenOfAnotherRegion(t *testing.T) {
	denied := saysJSON(401, `{"errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}`)
	for _, region := range []string{"us", "eu", "au"} {
		c := newClient(t, BaseURL(region), func(o *Options) { o.Transport = hosted{denied} })
		_, err := c.Me(t.Context())
		if !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "us, eu and au") || !strings.Contains(err.Error(), "region "+region) {
			t.Errorf("%s: %v", region, err)
		}
	}
	_, err := client(t, denied).Me(t.Context())
	if !errors.Is(err, ErrAuth) || strings.Contains(err.Error(), "region") || !strings.Contains(err.Error(), "INTERCOM_ACCESS_TOKEN") {
		t.Errorf("%v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/login?next=x", status)
		}))
		_, err := c.Me(t.Context())
		if err == nil || !strings.Contains(err.Error(), "redirected to "+elsewhere.URL) || reached != 0 || c.Calls().Total() != 1 {
			t.Errorf("%d: after %v: %v", status, c.Calls(), err)
		}
	}
}

func TestTheTokenIsNeverShown(t *testing.T) {
	echo := func(status int, contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			token := r.Header.Get("Authorization")
			w.Header().Set("X-Request-Id", token)
			w.Header().Set("Location", "https://"+strings.TrimPrefix(token, "Bearer ")+".test/")
			says(status, contentType, strings.Repeat("x", 170)+`{"errors":[{"code":"`+token+`","message":"`+token+`"}]}`)(w, r)
		}
	}
	envelope := func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("Authorization")
		saysJSON(400, `{"request_id":"`+token+`","errors":[{"code":"`+token+`","message":"`+token+`","field":"`+token+`"}]}`)(w, r)
	}
	garbage := func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(conn, "HTTP/1.1 abc %s\r\n\r\n", r.Header.Get("Authorization"))
		conn.Close()
	}
	handlers := map[string]http.HandlerFunc{
		"envelope": envelope, "page": echo(400, "text/html"), "redirect": echo(302, "text/plain"),
		"server": echo(500, "application/json"), "garbage": garbage, "wrong": saysJSON(200, `{"id":"`+testToken+`"}`),
	}
	for name, h := range handlers {
		t.Run(name, func(t *testing.T) {
			var shown strings.Builder
			c := client(t, h, func(o *Options) {
				o.Trace = func(call Call) {
					fmt.Fprintf(&shown, "%+v %v %s %s\n", call, call.Err, call.Request.Body, call.Response.Body)
				}
			})
			_, err := c.Create(t.Context(), Write{Kind: model.Article})
			fmt.Fprintf(&shown, "%v %+v %#v\n", err, err, err)
			for ; err != nil; err = errors.Unwrap(err) {
				fmt.Fprintln(&shown, err)
			}
			if s := shown.String(); strings.Contains(s, testToken) || strings.Contains(s, testToken[:12]) {
				t.Errorf("the token is in:\n%s", s)
			}
		})
	}
	o := Options{BaseURL: "https://api.intercom.io", Token: testToken}
	c := newClient(t, o.BaseURL)
	_, bad := New(Options{BaseURL: o.BaseURL, Token: testToken + "\nx"})
	if s := fmt.Sprintf("%v %+v %#v %s %v %+v %#v %q %v", o, o, o, o, c, c, c, c, bad); strings.Contains(s, testToken) {
		t.Errorf("the token is in: %s", s)
	}
}

func TestNew(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"no token", Options{BaseURL: "https://x.test"}, "INTERCOM_ACCESS_TOKEN"},
		{"a broken token", Options{BaseURL: "https://x.test", Token: "a\nb"}, "copy it again"},
		{"no address", Options{Token: "t"}, "INTERCOM_API_URL"},
		{"a host only", Options{BaseURL: "api.intercom.io", Token: "t"}, "whole URL"},
		{"unencrypted", Options{BaseURL: "http://10.0.0.7:8080", Token: "t"}, "(http://10.0.0.7:8080) would carry the access token unencrypted"},
		{"nearly this machine", Options{BaseURL: "http://localhost.acme.test", Token: "t"}, "unencrypted"},
		{"another scheme", Options{BaseURL: "ftp://x.test", Token: "t"}, "whole URL"},
		{"a password", Options{BaseURL: "https://u:secret@x.test", Token: "t"}, "x.test"},
		{"a query", Options{BaseURL: "https://x.test/?a=b", Token: "t"}, "x.test"},
		{"a version", Options{BaseURL: "https://x.test", Token: "t", Version: "2.8"}, "2.9"},
	}
	for _, tt := range tests {
		_, err := New(tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := New(Options{BaseURL: "https://x.test"}); !errors.Is(err, ErrAuth) {
		t.Errorf("no token is %v", err)
	}
	c := client(t, saysJSON(200, `{"app":{"id_code":"w"}}`), func(o *Options) { o.BaseURL += "/"; o.Token = " \t" + testToken + "\n" })
	if _, err := c.Me(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCheckVersion(t *testing.T) {
	for _, v := range []string{"2.9", "2.10", "2.15", "2.16", "Preview", "preview", "Unstable"} {
		if err := CheckVersion(v); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
	for _, v := range []string{"", "2", "2.", "2.8", "2.0", "1.4", "2.17", "3.0", "2.09", "2.+9", "2.256", "v2.16", "2.16.1"} {
		err := CheckVersion(v)
		if err == nil || !strings.Contains(err.Error(), "2.9") || !strings.Contains(err.Error(), "2.16") {
			t.Errorf("%q: %v", v, err)
		}
	}
}

func TestBaseURL(t *testing.T) {
	tests := map[string]string{"": "https://api.intercom.io", "us": "https://api.intercom.io", "EU": "https://api.eu.intercom.io", "au": "https://api.au.intercom.io", "mars": ""}
	for region, want := range tests {
		if got := BaseURL(region); got != want {
			t.Errorf("BaseURL(%q) = %q, want %q", region, got, want)
		}
	}
}

func TestMeAndAdmins(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("GET /me", saysJSON(200, `{"type":"admin","id":991,"email":"a@acme.test","name":"A","avatar":{"image_url":null},"app":{"id_code":"xyz789","name":"Acme","region":"EU","created_at":1}}`))
	mux.Handle("GET /admins", saysJSON(200, `{"type":"admin.list","admins":[{"type":"admin","id":"991","name":"A","email":"a@acme.test","team_ids":[1]},{"id":null,"name":"invited"},{"id":992,"name":null,"email":null}]}`))
	c := client(t, mux)
	me, err := c.Me(t.Context())
	want := model.Workspace{ID: "xyz789", Name: "Acme", Region: "eu", Admin: model.Admin{ID: "991", Name: "A", Email: "a@acme.test"}}
	if err != nil || me != want {
		t.Errorf("%+v, %v", me, err)
	}
	admins, err := c.Admins(t.Context())
	if err != nil || len(admins) != 2 || admins[0] != want.Admin || admins[1].ID != "992" {
		t.Errorf("%+v, %v", admins, err)
	}
	for _, body := range []string{`{}`, `{"type":"admin","id":"1","app":null}`, `{"admins":null}`} {
		c := client(t, saysJSON(200, body))
		if _, err := c.Me(t.Context()); err == nil {
			t.Errorf("/me took %s", body)
		}
		if _, err := c.Admins(t.Context()); err == nil {
			t.Errorf("/admins took %s", body)
		}
	}
}

func TestTrace(t *testing.T) {
	var calls []Call
	var c *Client
	c = client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "r1")
		saysJSON(200, list(""))(w, r)
	}), func(o *Options) {
		o.Trace = func(call Call) {
			if calls = append(calls, call); c.Calls().Total() < len(calls) {
				t.Errorf("%d calls were told, %v counted", len(calls), c.Calls())
			}
		}
	})
	snapshot(t, c)
	paths := map[string]bool{}
	for _, call := range calls {
		paths[call.Path] = true
		if call.Method != "GET" || call.Status != 200 || call.RequestID != "r1" || call.Attempt != 1 || call.Duration <= 0 || call.Err != nil {
			t.Errorf("%+v", call)
		}
	}
	if len(calls) != 3 || !paths["/articles?page=1&per_page=150"] || !paths["/help_center/help_centers"] {
		t.Errorf("%v", paths)
	}
}

func TestWhatAnotherAttemptWouldNotMend(t *testing.T) {
	for _, cause := range []error{
		&net.DNSError{Err: "no such host", Name: "api.test", IsNotFound: true},
		&tls.CertificateVerificationError{Err: errors.New("unknown authority")},
	} {
		dials := 0
		c := newClient(t, "http://localhost", func(o *Options) {
			o.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				dials++
				return nil, cause
			}}
		})
		_, err := c.Me(t.Context())
		if !errors.Is(err, ErrNetwork) || dials != 1 || !strings.Contains(err.Error(), "http://localhost") {
			t.Errorf("after %d dials: %v", dials, err)
		}
	}
}

func TestCompressedAnswers(t *testing.T) {
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", r.Header.Get("Accept-Encoding"))
		z := gzip.NewWriter(w)
		fmt.Fprint(z, `{"id":"7","title":"T"}`)
		z.Close()
	}))
	if o, err := c.Get(t.Context(), key7); err != nil || o.Title() != "T" {
		t.Errorf("%+v, %v", o, err)
	}
}
