package intercom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hcsync/hcsync/internal/model"
)

const article7 = `{"id":"7","title":"t"}`

// faults are answers that tell of the moment and not of the call.
func faults() map[string]http.HandlerFunc {
	const page = "<html><body>Attention required</body></html>"
	cut := func(w http.ResponseWriter, body string, length int) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(length))
		io.WriteString(w, body)
	}
	return map[string]http.HandlerFunc{
		"500":                      saysJSON(500, `{"type":"error.list","errors":[{"code":"server_error","message":"x"}]}`),
		"503 page":                 says(503, "text/html", page),
		"408":                      saysJSON(408, `{"errors":[{"code":"request_timeout"}]}`),
		"403 of the load balancer": says(403, "text/html", page),
		"405 of a captcha":         says(405, "text/html", page),
		"a page instead of JSON":   says(200, "text/html", page),
		"half a JSON object":       saysJSON(200, `{"id":"7","title":"Ins`),
		"an empty answer":          saysJSON(200, ""),
		"a JSON list":              saysJSON(200, `[1]`),
		"an answer that breaks off": func(w http.ResponseWriter, _ *http.Request) {
			cut(w, `{"id":"7"`, 1000)
		},
		"what claims to be gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			cut(w, article7, len(article7))
		},
		"a connection that is cut": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
		},
		"no answer": func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		},
		"an answer that stands still": func(w http.ResponseWriter, r *http.Request) {
			cut(w, `{"id":"7"`, 1000)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"an answer that drips": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				pause(r.Context(), 20*time.Second)
			}
		},
	}
}

// after fails the first calls and then answers well.
func after(failures int32, fault http.HandlerFunc) (http.Handler, *atomic.Int32) {
	calls := new(atomic.Int32)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) <= failures {
			io.Copy(io.Discard, r.Body)
			fault(w, r)
			return
		}
		saysJSON(200, article7)(w, r)
	}), calls
}

var key7 = model.Key{Kind: model.Article, ID: "7"}

func TestPassingFaultsAreRepeated(t *testing.T) {
	calls := map[string]func(context.Context, *Client) error{
		"GET":    func(ctx context.Context, c *Client) error { _, err := c.Get(ctx, key7); return err },
		"PUT":    func(ctx context.Context, c *Client) error { _, err := c.Update(ctx, key7, Write{}); return err },
		"DELETE": func(ctx context.Context, c *Client) error { return c.Delete(ctx, key7) },
	}
	for name, fault := range faults() {
		for method, call := range calls {
			t.Run(method+" "+name, func(t *testing.T) {
				if method == "DELETE" && (strings.Contains(name, "JSON") || name == "an empty answer") {
					t.Skip("of a deletion only the status counts")
				}
				synctest.Test(t, func(t *testing.T) {
					h, n := after(2, fault)
					start := time.Now()
					if err := call(t.Context(), piped(t, h)); err != nil {
						t.Fatal(err)
					}
					if took := time.Since(start); n.Load() != 3 || took < 2*time.Second {
						t.Errorf("%d calls in %v", n.Load(), took)
					}
				})
				synctest.Test(t, func(t *testing.T) {
					h, n := after(100, fault)
					err := call(t.Context(), piped(t, h))
					if !errors.Is(err, ErrNetwork) || n.Load() != 4 {
						t.Errorf("after %d calls: %v", n.Load(), err)
					}
					if !strings.Contains(err.Error(), "4 attempts") {
						t.Errorf("the error does not say how often it was tried: %v", err)
					}
				})
			})
		}
	}
}

// TestASlowAnswerIsWaitedFor has a server pause for 10 s, before the answer and
// in the middle of it.
func TestASlowAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pause(r.Context(), 10*time.Second)
			io.WriteString(w, article7[:9])
			w.(http.Flusher).Flush()
			pause(r.Context(), 10*time.Second)
			io.WriteString(w, article7[9:])
		}))
		if o, err := c.Get(t.Context(), key7); err != nil || o.Title() != "t" || c.Calls().Total() != 1 {
			t.Errorf("after %v: %+v, %v", c.Calls(), o, err)
		}
	})
}

func TestALostPostIsNotRepeated(t *testing.T) {
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, n := after(100, fault)
				_, err := piped(t, h).Create(t.Context(), Write{Kind: model.Article})
				if !errors.Is(err, ErrUnknownOutcome) || errors.Is(err, ErrNetwork) || n.Load() != 1 {
					t.Errorf("after %d calls: %v", n.Load(), err)
				}
			})
		})
	}
	t.Run("cancelled under way", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			h, _ := after(100, faults()["no answer"])
			_, err := piped(t, h).Create(ctx, Write{Kind: model.Article})
			if !errors.Is(err, ErrUnknownOutcome) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	})
}

func TestAPostThatWasNeverSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(t, notFound, func(o *Options) {
			o.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("connection refused")
			}}
		})
		_, err := c.Create(t.Context(), Write{Kind: model.Article})
		if !errors.Is(err, ErrNetwork) || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("got %v", err)
		}
	})
}

func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := after(100, faults()["no answer"])
		start := time.Now()
		_, err := piped(t, h).Get(t.Context(), key7)
		if took := time.Since(start); took < 4*readTimeout || took > 4*readTimeout+15*time.Second {
			t.Errorf("a read gave up after %v: %v", took, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(85 * time.Second)
			saysJSON(200, article7)(w, r)
		})
		c := piped(t, slow)
		if _, err := c.Create(t.Context(), Write{Kind: model.Article}); err != nil {
			t.Errorf("a write that takes 85 s: %v", err)
		}
	})
}

func TestCancelBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		h, n := after(100, faults()["500"])
		_, err := piped(t, h).Get(ctx, key7)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrNetwork) || n.Load() != 1 {
			t.Errorf("after %d calls: %v", n.Load(), err)
		}
	})
}

func TestServerSaysHowLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := after(1, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "25")
			saysJSON(503, `{}`)(w, r)
		})
		start := time.Now()
		if _, err := piped(t, h).Get(t.Context(), key7); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 25*time.Second || took > 26*time.Second {
			t.Errorf("waited %v", took)
		}
	})
}

func TestLastingFaultsAreNotRepeated(t *testing.T) {
	tests := []struct {
		name string
		h    http.HandlerFunc
		want error
	}{
		{"400", saysJSON(400, `{"errors":[{"code":"parameter_invalid","message":"no"}]}`), ErrInvalid},
		{"401", saysJSON(401, `{"errors":[{"code":"unauthorized"}]}`), ErrAuth},
		{"403 of the API", saysJSON(403, `{"errors":[{"code":"forbidden"}]}`), ErrAuth},
		{"404", notFound, ErrNotFound},
		{"404 page", says(404, "text/html", "<!doctype html><title>nothing here</title>"), ErrNetwork},
		{"405 of the API", saysJSON(405, `{"errors":[{"code":"method_not_allowed"}]}`), nil},
		{"409", saysJSON(409, `{"errors":[{"code":"conflict"}]}`), nil},
		{"413 page", says(413, "text/html", "<h1>too large</h1>"), ErrInvalid},
		{"422", saysJSON(422, `{"message":"Article must be published","status":422}`), ErrInvalid},
		{"302", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.test/login", http.StatusFound)
		}, nil},
		{"an object without an id", saysJSON(200, `{"title":"t"}`), ErrNetwork},
		{"another object", saysJSON(200, `{"id":"8"}`), ErrNetwork},
	}
	sentinels := []error{ErrAuth, ErrNotFound, ErrInvalid, ErrRateLimited, ErrNetwork, ErrUnknownOutcome}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, n := after(100, tt.h)
			_, err := client(t, h).Get(t.Context(), key7)
			var e *Error
			if !errors.As(err, &e) || n.Load() != 1 {
				t.Fatalf("after %d calls: %v", n.Load(), err)
			}
			for _, s := range sentinels {
				if errors.Is(err, s) != (s == tt.want) {
					t.Errorf("errors.Is(err, %v) = %v: %v", s, errors.Is(err, s), err)
				}
			}
		})
	}
}
