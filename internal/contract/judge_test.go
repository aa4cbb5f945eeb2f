package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// descriptions names Intercom's description of each version.
var descriptions = map[string]string{
	"2.9": "2.9.yaml", "2.11": "2.11.yaml", "2.14": "2.14.yaml", "2.16": "2.16.yaml", "Preview": "preview.yaml",
}

// judge passes requests on and holds each, with its answer, to a description.
type judge struct {
	version string
	doc     *openapi3.T
	router  routers.Router

	mu sync.Mutex
	// problems are the deviations so far, each once, and seen the calls.
	problems map[string]bool
	seen     map[string]bool
}

// descriptionOf skips the test where the descriptions are not beside the
// project.
func descriptionOf(t *testing.T, version string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("reading the descriptions takes long under the race detector, which -short is for")
	}
	file := "../../../shared/openapi/" + descriptions[version]
	if _, err := os.Stat(file); err != nil {
		t.Skipf("Intercom's descriptions are not beside this checkout: %v", err)
	}
	return file
}

func newJudge(t *testing.T, version string) *judge {
	t.Helper()
	text, err := os.ReadFile(descriptionOf(t, version))
	check(t, err)
	doc, err := load(text)
	check(t, err)
	doc.Servers = nil // the sandbox is none of those that it names
	router, err := gorillamux.NewRouter(doc)
	check(t, err)
	return &judge{version: version, doc: doc, router: router, problems: map[string]bool{}, seen: map[string]bool{}}
}

// load reads a description. Those up to 2.11 refer to a schema that they do not
// have, custom_attributes of contacts and companies; it becomes any object.
func load(text []byte) (*openapi3.T, error) {
	const schemas = "\n  schemas:\n"
	if !bytes.Contains(text, []byte("\n    custom_attributes:")) {
		text = bytes.Replace(text, []byte(schemas), []byte(schemas+"    custom_attributes: {type: object}\n"), 1)
	}
	return openapi3.NewLoader().LoadFromData(text)
}

// RoundTrip judges one exchange.
func (j *judge) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := readAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(sent))
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := readAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	return resp, j.exchange(r, sent, resp, got)
}

func readAll(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer body.Close()
	return io.ReadAll(body)
}

func (j *judge) exchange(r *http.Request, sent []byte, resp *http.Response, got []byte) error {
	r.Body = io.NopCloser(bytes.NewReader(sent))
	route, vars, err := j.router.FindRoute(r)
	if err != nil {
		j.add(r.Method+" "+r.URL.Path, "request", "there is no such call")
		return nil
	}
	call := callName(r.Method, route.Path)
	j.mu.Lock()
	j.seen[call] = true
	j.mu.Unlock()
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: vars, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, IncludeResponseStatus: true, SkipSettingDefaults: true,
			AuthenticationFunc: bearer,
		},
	}
	if s := resp.StatusCode; s != http.StatusBadRequest && s != http.StatusConflict && s != http.StatusUnprocessableEntity {
		j.request(r.Context(), call, in, sent) // what is refused for its content was meant to be wrong
	}
	return j.answer(r.Context(), call, in, resp, got)
}

var variable = regexp.MustCompile(`\{\w+\}`)

// callName names a call without the names of its variables, which differ from
// version to version.
func callName(method, path string) string {
	return method + " " + variable.ReplaceAllString(path, "{}")
}

// bearer is the only security scheme of the descriptions.
func bearer(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if !strings.HasPrefix(in.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer ") {
		return errors.New("there is no bearer token")
	}
	return nil
}

func (j *judge) request(ctx context.Context, call string, in *openapi3filter.RequestValidationInput, sent []byte) {
	j.report(call, "request", openapi3filter.ValidateRequest(ctx, in))
	for name := range in.Request.URL.Query() {
		if in.Route.Operation.Parameters.GetByInAndName("query", name) == nil {
			j.add(call, "request", "query parameter "+name+" is not described")
		}
	}
	if body := in.Route.Operation.RequestBody; body != nil && len(sent) > 0 {
		j.undescribed(call, "request", body.Value.Content, sent)
	} else if len(sent) > 0 {
		j.add(call, "request", "no body is described")
	}
}

func (j *judge) answer(ctx context.Context, call string, in *openapi3filter.RequestValidationInput, resp *http.Response, got []byte) error {
	where := fmt.Sprintf("answer %d", resp.StatusCode)
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: in.Options,
	}
	described := in.Route.Operation.Responses.Status(resp.StatusCode)
	if described == nil {
		j.add(call, where, "the status is not described")
		return j.isError(call, where, got)
	}
	j.report(call, where, openapi3filter.ValidateResponse(ctx, out.SetBodyBytes(got)))
	j.undescribed(call, where, described.Value.Content, got)
	return nil
}

// isError holds an answer to the one shape of errors.
func (j *judge) isError(call, where string, got []byte) error {
	var v any
	if err := json.Unmarshal(got, &v); err != nil {
		return err
	}
	j.report(call, where, j.doc.Components.Schemas["error"].Value.VisitJSON(v, openapi3.MultiErrors()))
	return nil
}

// report files an error of the library, taken apart.
func (j *judge) report(call, where string, err error) {
	var many openapi3.MultiError
	var schema *openapi3.SchemaError
	var asked *openapi3filter.RequestError
	switch {
	case err == nil:
	case errors.As(err, &asked) && asked.Parameter != nil && errors.As(err, &schema):
		j.add(call, where, asked.Parameter.In+" parameter "+asked.Parameter.Name+": "+schema.Reason)
	case errors.As(err, &schema) && !errors.As(err, &many):
		at := "/" + strings.Join(schema.JSONPointer(), "/")
		j.add(call, where, place(at)+": "+schema.Reason)
	case errors.As(err, &many):
		for _, one := range many {
			j.report(call, where, one)
		}
	default:
		first, _, _ := strings.Cut(err.Error(), "\n")
		j.add(call, where, first)
	}
}

func (j *judge) add(call, where, text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.problems[call+" "+where+": "+text] = true
}

var index = regexp.MustCompile(`/\d+(/|$)`)

// place names no single item of a list.
func place(pointer string) string { return index.ReplaceAllString(pointer, "/*$1") }

// undescribed reports what a body holds that its schema does not name. OpenAPI
// allows it, and a misspelt or outdated field would hide behind that.
func (j *judge) undescribed(call, where string, content openapi3.Content, body []byte) {
	media := content.Get("application/json")
	var v any
	if media == nil || media.Schema == nil || json.Unmarshal(body, &v) != nil {
		return
	}
	for _, at := range undescribed([]*openapi3.Schema{media.Schema.Value}, v, "") {
		j.add(call, where, place(at)+": is not described")
	}
}

func undescribed(schemas []*openapi3.Schema, v any, at string) (names []string) {
	schemas = alternatives(schemas)
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			next, open := property(schemas, name)
			if next == nil && !open {
				names = append(names, at+"/"+name)
			} else if !open {
				names = append(names, undescribed(next, value, at+"/"+name)...)
			}
		}
	case []any:
		var items []*openapi3.Schema
		for _, s := range schemas {
			if s.Items != nil {
				items = append(items, s.Items.Value)
			}
		}
		for i, value := range v {
			names = append(names, undescribed(items, value, fmt.Sprintf("%s/%d", at, i))...)
		}
	}
	return names
}

// alternatives gives schemas with all that they are put together from.
func alternatives(schemas []*openapi3.Schema) (all []*openapi3.Schema) {
	for _, s := range schemas {
		all = append(all, s)
		for _, parts := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
			for _, p := range parts {
				all = append(all, alternatives([]*openapi3.Schema{p.Value})...)
			}
		}
	}
	return all
}

// property gives what schemas say about a name; open where they leave names
// open, as an object without any properties does.
func property(schemas []*openapi3.Schema, name string) (found []*openapi3.Schema, open bool) {
	named := false
	for _, s := range schemas {
		named = named || len(s.Properties) > 0
		if p := s.Properties[name]; p != nil {
			found = append(found, p.Value)
		}
	}
	return found, !named
}
