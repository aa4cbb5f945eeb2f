package har

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The archive's own words. Names with an underscore are ours, as the format
// allows; a number of -1 is not known.
type (
	entry struct {
		Started  string   `json:"startedDateTime"`
		Time     float64  `json:"time"` // milliseconds
		Request  request  `json:"request"`
		Response response `json:"response"`
		Cache    struct{} `json:"cache"`
		Timings  timings  `json:"timings"`
		Attempt  int      `json:"_attempt"`
		Error    string   `json:"_error,omitempty"`
	}
	request struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []pair    `json:"cookies"`
		Headers     []pair    `json:"headers"`
		QueryString []pair    `json:"queryString"`
		PostData    *postData `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	response struct {
		Status      int     `json:"status"`
		StatusText  string  `json:"statusText"`
		HTTPVersion string  `json:"httpVersion"`
		Cookies     []pair  `json:"cookies"`
		Headers     []pair  `json:"headers"`
		Content     content `json:"content"`
		RedirectURL string  `json:"redirectURL"`
		HeadersSize int     `json:"headersSize"`
		BodySize    int     `json:"bodySize"`
	}
	postData struct {
		MimeType string `json:"mimeType"`
		Params   []pair `json:"params"`
		Text     string `json:"text"`
		Comment  string `json:"comment,omitempty"`
	}
	content struct {
		Size     int    `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
		Comment  string `json:"comment,omitempty"`
	}
	timings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	pair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

func newEntry(x Exchange) entry {
	took := float64(x.Duration) / float64(time.Millisecond)
	return entry{
		Started: x.Start.Format("2006-01-02T15:04:05.000Z07:00"), Time: took, Timings: timings{Wait: took},
		Request: newRequest(x), Response: newResponse(x), Attempt: x.Attempt, Error: redact(x.Error),
	}
}

func newRequest(x Exchange) request {
	r := request{
		Method: x.Method, URL: redact(x.URL), HTTPVersion: protocol(x), HeadersSize: -1, BodySize: len(x.Request.Body),
		Cookies: []pair{}, Headers: headers(x.Request.Header), QueryString: []pair{},
	}
	if u, err := url.Parse(r.URL); err == nil {
		r.QueryString = pairs(u.Query())
	}
	if len(x.Request.Body) > 0 {
		text, comment := text(x.Request.Body)
		r.PostData = &postData{mime(x.Request), []pair{}, text, comment}
	}
	return r
}

func newResponse(x Exchange) response {
	body, comment := text(x.Response.Body)
	r := response{
		Status: x.Status, StatusText: http.StatusText(x.Status), HTTPVersion: protocol(x), HeadersSize: -1, BodySize: -1,
		Cookies: []pair{}, Headers: headers(x.Response.Header),
		Content:     content{len(x.Response.Body), mime(x.Response), body, comment},
		RedirectURL: redact(x.Response.Header.Get("Location")),
	}
	if x.Status == 0 {
		r.Content.MimeType = "x-unknown"
	}
	return r
}

// protocol is the answer's: what the request spoke is not known without one.
func protocol(x Exchange) string {
	if x.Protocol == "" {
		return "unknown"
	}
	return x.Protocol
}

func mime(m Message) string {
	if t := m.Header.Get("Content-Type"); t != "" {
		return redact(t)
	}
	return "x-unknown"
}

func pairs(values map[string][]string) []pair {
	out := []pair{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[name] {
			out = append(out, pair{name, v})
		}
	}
	return out
}

func headers(h map[string][]string) []pair {
	list := pairs(h)
	for i, p := range list {
		list[i].Value = redact(p.Value)
		if secretHeader(p.Name) {
			list[i].Value = redacted
		}
	}
	return list
}

// text is a body as the archive shows it, with a remark where it is not all of
// it. It is cut before a word, so that no half of a secret remains that would
// not be known for one.
func text(body []byte) (shown, comment string) {
	cut := body
	if len(cut) > longest {
		cut = cut[:longest]
		for len(cut) > 0 && !strings.ContainsRune(" \t\n\r\"'<>", rune(cut[len(cut)-1])) {
			cut = cut[:len(cut)-1]
		}
		comment = fmt.Sprintf("the first %d of %d bytes", len(cut), len(body))
	}
	return redact(strings.ToValidUTF8(string(cut), "\uFFFD")), comment
}
