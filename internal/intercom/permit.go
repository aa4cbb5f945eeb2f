package intercom

import (
	"context"
	"net/http"
)

// permission is the key of what [While] puts into a context.
type permission struct{}

// While makes writes under a context ask first whether they may be sent. That
// happens right before each attempt, after any wait for the rate limit or between
// two attempts; the error of may then ends the call, and nothing is sent.
func While(ctx context.Context, may func() error) context.Context {
	return context.WithValue(ctx, permission{}, may)
}

// permit is the layer that asks.
func permit(next send) send {
	return func(ctx context.Context, r *request) (*answer, error) {
		may, limited := ctx.Value(permission{}).(func() error)
		if !limited || r.method == http.MethodGet {
			return next(ctx, r)
		}
		if err := may(); err != nil {
			return nil, &failure{err: err, withheld: true, lasting: true}
		}
		return next(ctx, r)
	}
}
